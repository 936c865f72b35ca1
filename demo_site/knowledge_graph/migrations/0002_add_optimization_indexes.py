from django.db import migrations, models

from nplusone_guard.operations import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL builds no index concurrently inside a transaction

    dependencies = [("knowledge_graph", "0001_initial")]

    operations = [
        AddIndexConcurrently("dependency", models.Index(fields=["lesson"], name="dependency_lesson_idx")),
        AddIndexConcurrently(
            "dependency", models.Index(fields=["required_lesson"], name="dependency_required_idx")
        ),
        AddIndexConcurrently("element", models.Index(fields=["created_by"], name="element_created_by_idx")),
        AddIndexConcurrently("element", models.Index(fields=["is_public"], name="element_is_public_idx")),
        AddIndexConcurrently("element", models.Index(fields=["element_type"], name="element_type_idx")),
        AddIndexConcurrently("element", models.Index(fields=["difficulty"], name="element_difficulty_idx")),
        AddIndexConcurrently(
            "elementfile", models.Index(fields=["uploaded_by"], name="elementfile_uploaded_by_idx")
        ),
        AddIndexConcurrently(
            "elementfile", models.Index(fields=["element", "-uploaded_at"], name="elementfile_element_date_idx")
        ),
        AddIndexConcurrently(
            "elementprogress", models.Index(fields=["is_completed"], name="elementprogress_completed_idx")
        ),
        AddIndexConcurrently(
            "elementprogress", models.Index(fields=["student", "element"], name="elemprog_student_element_idx")
        ),
        AddIndexConcurrently(
            "elementprogress", models.Index(fields=["-created_at"], name="elementprogress_created_at_idx")
        ),
        AddIndexConcurrently("graphlesson", models.Index(fields=["graph"], name="graphlesson_graph_idx")),
        AddIndexConcurrently(
            "studentlessonunlock", models.Index(fields=["student", "lesson"], name="unlock_student_lesson_idx")
        ),
        AddIndexConcurrently(
            "studentlessonunlock", models.Index(fields=["is_unlocked"], name="unlock_is_unlocked_idx")
        ),
    ]
