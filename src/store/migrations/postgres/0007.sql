-- open_from: no post of the feed that is listed before is open, so all of them are in its frozen pages as they are; NULL:
-- nobody knows yet.
ALTER TABLE feed ADD COLUMN open_from BIGINT;
