-- Nothing: SQLite alone reads a row for what the condition of its index says.
SELECT 1;
