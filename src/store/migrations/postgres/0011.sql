-- The hosts of a shard stand in order, and all of them are found by way of that: each time that a host was given back
-- another index got an entry.
DROP INDEX host_next;
