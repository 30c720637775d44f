-- Messages: what is owed to a channel goes out alone or with others, and a channel may rest.

-- message: the id under which it goes out; NULL: none was made yet. rule: what counts it where a rule has a cap.
-- waited: it was held back or could not be told, and comes in a digest. seen_at: a person marked it as seen.
ALTER TABLE outbox ADD COLUMN message text COLLATE "C";
ALTER TABLE outbox ADD COLUMN rule text COLLATE "C";
ALTER TABLE outbox ADD COLUMN waited bigint NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN seen_at bigint;
CREATE INDEX outbox_message ON outbox (message) WHERE message IS NOT NULL;
-- What was tried and is tried again: nothing of the same source passes it.
CREATE INDEX outbox_tried ON outbox (channel, shard, source_id, not_before)
    WHERE sent_at IS NULL AND dead_at IS NULL AND attempts > 0;

-- How a channel stands, from its first trouble on.
CREATE TABLE channel (
    name        text COLLATE "C" NOT NULL PRIMARY KEY,
    refusals    bigint           NOT NULL DEFAULT 0,
    error       text COLLATE "C",
    help        text COLLATE "C",
    rests_until bigint,
    quiet_until bigint
);
