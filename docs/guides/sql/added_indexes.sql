-- Three lists of the demo site with the indexes that were added for them, and without. Nothing stays changed.
BEGIN;
SET LOCAL jit = off;
PREPARE submissions AS
SELECT * FROM assignments_assignmentsubmission AS submission JOIN accounts_user AS student ON student.id = student_id
ORDER BY submitted_at DESC, submission.id DESC LIMIT 20;
PREPARE rooms AS
SELECT * FROM chat_chatroom ORDER BY updated_at DESC, id DESC LIMIT 20;
PREPARE materials AS
SELECT title, (SELECT COUNT(*) FROM materials_materialprogress WHERE material_id = material.id AND is_completed),
       (SELECT AVG(score) FROM materials_materialprogress WHERE material_id = material.id)
FROM materials_material AS material WHERE status = 'published' ORDER BY created_at DESC, id DESC LIMIT 20;

\echo With the indexes
EXPLAIN (ANALYZE, COSTS OFF) EXECUTE submissions;
EXPLAIN (ANALYZE, COSTS OFF) EXECUTE rooms;
EXPLAIN (ANALYZE, COSTS OFF) EXECUTE materials;

DROP INDEX submission_newest_idx, chatroom_newest_idx, material_progress_scores_idx;
\echo Without them
EXPLAIN (ANALYZE, COSTS OFF) EXECUTE submissions;
EXPLAIN (ANALYZE, COSTS OFF) EXECUTE rooms;
EXPLAIN (ANALYZE, COSTS OFF) EXECUTE materials;
ROLLBACK;
