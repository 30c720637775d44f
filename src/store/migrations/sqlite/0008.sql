-- Nothing: PostgreSQL alone has another index here, for what it does when a row is written anew.
SELECT 1;
