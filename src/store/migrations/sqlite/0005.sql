-- Events: what agents on other machines are told, in the order in which it was told. Each agent keeps its own place.

-- number: never given twice, also after old events went. message: the same message is one event, however often it is told.
CREATE TABLE event (
    number  INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    message TEXT    NOT NULL UNIQUE,
    at      INTEGER NOT NULL,
    data    TEXT    NOT NULL
) STRICT;
CREATE INDEX event_at ON event (at);

-- A place in this log means nothing in another database's.
INSERT INTO note (name, value) VALUES ('event log', lower(hex(randomblob(6))));
