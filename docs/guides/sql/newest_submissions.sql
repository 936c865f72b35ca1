-- The demo site's list of submissions with the index of its order, and without. Nothing stays changed.
BEGIN;
EXPLAIN (ANALYZE, COSTS OFF)
SELECT * FROM assignments_assignmentsubmission AS submission JOIN accounts_user AS student ON student.id = student_id
ORDER BY submitted_at DESC, submission.id DESC LIMIT 20;

DROP INDEX submission_newest_idx;
EXPLAIN (ANALYZE, COSTS OFF)
SELECT * FROM assignments_assignmentsubmission AS submission JOIN accounts_user AS student ON student.id = student_id
ORDER BY submitted_at DESC, submission.id DESC LIMIT 20;
ROLLBACK;
