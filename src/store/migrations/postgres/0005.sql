-- Events: what agents on other machines are told, in the order in which it was told. Each agent keeps its own place.

-- number: never given twice, also after old events went. message: the same message is one event, however often it is told.
CREATE TABLE event (
    number  bigint           NOT NULL PRIMARY KEY,
    message text COLLATE "C" NOT NULL UNIQUE,
    at      bigint           NOT NULL,
    data    text COLLATE "C" NOT NULL
);
CREATE INDEX event_at ON event (at);

-- The number that was given last. Whoever gives the next holds this row until it is there for all, so nobody who reads
-- one number misses a lower one: a sequence gives numbers before they are seen.
INSERT INTO note (name, value) VALUES ('event number', '0');

-- A place in this log means nothing in another database's.
INSERT INTO note (name, value) VALUES ('event log', left(replace(CAST(gen_random_uuid() AS text), '-', ''), 12));
