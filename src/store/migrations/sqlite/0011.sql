-- Nothing: PostgreSQL alone has hosts in order twice.
SELECT 1;
