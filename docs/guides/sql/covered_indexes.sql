-- Indexes of PostgreSQL that another index of the same table covers: with the same columns or with more after them.
-- Unique ones are left out: they are rules. Of two that are equal the older one stays.
SELECT narrow.indrelid::regclass AS "table",
       narrow.indexrelid::regclass AS covered,
       min(wide.indexrelid::regclass::text) AS by,
       pg_size_pretty(pg_relation_size(narrow.indexrelid)) AS size
FROM pg_index AS narrow
JOIN pg_index AS wide USING (indrelid)
JOIN pg_stat_user_indexes AS shown ON shown.indexrelid = narrow.indexrelid
WHERE narrow.indexrelid <> wide.indexrelid
  AND NOT narrow.indisunique
  AND narrow.indpred IS NULL AND wide.indpred IS NULL
  AND narrow.indexprs IS NULL AND wide.indexprs IS NULL
  AND wide.indkey::text || ' ' LIKE narrow.indkey::text || ' %'
  AND wide.indclass::text || ' ' LIKE narrow.indclass::text || ' %'
  AND wide.indoption::text || ' ' LIKE narrow.indoption::text || ' %'
  AND (wide.indnatts > narrow.indnatts OR wide.indisunique OR wide.indexrelid < narrow.indexrelid)
GROUP BY narrow.indrelid, narrow.indexrelid
ORDER BY pg_relation_size(narrow.indexrelid) DESC;
