-- A poll writes the state of its source where it stands. Before, its due time stood in an index, so each poll gave every
-- index of the table another entry.

-- leads: one of each host's sources does, and most hosts have no other. turn: no column to whoever reads or writes; where the
-- source stands among those of its host: the one that leads is looked at each time, and the others come when they are due;
-- the highest number: never. So the index holds no time of the one that leads.
ALTER TABLE source_state SET (fillfactor = 80);
ALTER TABLE source_state ADD COLUMN leads bigint NOT NULL DEFAULT 0;
UPDATE source_state SET leads = 1 WHERE (shard, host_id, source_id) IN (
    SELECT shard, host_id, min(source_id) FROM source_state WHERE rests = 0 GROUP BY shard, host_id);
DROP INDEX source_state_due;
ALTER TABLE source_state ADD COLUMN turn bigint NOT NULL GENERATED ALWAYS AS (
    CASE WHEN leads = 1 THEN 0 WHEN rests = 0 AND due_at IS NOT NULL THEN due_at ELSE 9223372036854775807 END) STORED;
CREATE INDEX source_state_turn ON source_state (shard, host_id, turn);

-- A title may be longer than what an index holds of a text.
DROP INDEX post_titled;
CREATE INDEX post_titled ON post (shard, source_id, left(title, 200));
