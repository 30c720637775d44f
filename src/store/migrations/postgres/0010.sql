-- Nothing: SQLite alone has indexes here, of what is there few times. An index by the due time would give every poll another
-- entry in each index of the table.
SELECT 1;
