-- leads: one of each host's sources does. It is PostgreSQL that asks, for what it does when a row is written anew.
ALTER TABLE source_state ADD COLUMN leads INTEGER NOT NULL DEFAULT 0;
UPDATE source_state SET leads = 1 WHERE (shard, host_id, source_id) IN (
    SELECT shard, host_id, min(source_id) FROM source_state WHERE rests = 0 GROUP BY shard, host_id);
CREATE INDEX source_state_leads ON source_state (shard, host_id) WHERE leads = 1;
