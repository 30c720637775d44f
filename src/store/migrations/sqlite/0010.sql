-- A look at every source asks which are in the state alone, and which are gone for good: of ten thousand there are few.
CREATE INDEX source_stored ON source (id) WHERE written IS NOT NULL;
CREATE INDEX source_state_gone ON source_state (shard, source_id) WHERE rests = 0 AND due_at IS NULL;
