-- Nothing to do: FTS5 has its rows in the order of time. PostgreSQL's index gets marks of time in this step.
SELECT 1;
