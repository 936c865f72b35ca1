-- Indexes of PostgreSQL that no statement has used since the statistics were reset. Unique ones are rules, and stay.
SELECT relname AS "table", indexrelname AS unused, pg_size_pretty(pg_relation_size(indexrelid)) AS size
FROM pg_stat_user_indexes
JOIN pg_index USING (indexrelid)
WHERE idx_scan = 0 AND NOT indisunique
ORDER BY pg_relation_size(indexrelid) DESC;
