"""Which indexes were ordered for the demo site? The list as it came, in the words it came in.

An index per line: name, model, fields (`-` is descending). Names that Django does not allow, of more than 30
characters, have another in `SHORT_NAMES` and in docs/guides/index-names.md.
"""

from __future__ import annotations

from typing import NamedTuple


class NamedIndex(NamedTuple):
    ordered_as: str
    model: str
    fields: tuple[str, ...]

    @property
    def name(self) -> str:
        return SHORT_NAMES.get(self.ordered_as, self.ordered_as)


SHORT_NAMES = {
    "elementprogress_student_element_idx": "elemprog_student_element_idx",
    "material_progress_student_material_idx": "mat_progress_student_mat_idx",
    "material_submission_material_idx": "mat_submission_material_idx",
    "material_submission_student_material_idx": "mat_submission_student_mat_idx",
    "material_submission_created_at_idx": "mat_submission_created_at_idx",
    "subject_enrollment_subject_student_idx": "enrollment_subject_student_idx",
    "lesson_created_by_start_time_idx": "lesson_created_start_time_idx",
    "tutor_assignment_student_tutor_idx": "tutor_assign_student_tutor_idx",
    "tutor_assignment_assigned_to_idx": "tutor_assign_assigned_to_idx",
}

_ORDERED = {
    "accounts": """
        user_email_idx User email
        student_tutor_idx StudentProfile tutor
        student_parent_idx StudentProfile parent
        student_user_idx StudentProfile user
    """,
    "assignments": """
        assignment_due_date_idx Assignment due_date
        submission_assignment_date_idx AssignmentSubmission assignment -submitted_at
        submission_student_idx AssignmentSubmission student
        submission_status_idx AssignmentSubmission status
        submission_graded_at_idx AssignmentSubmission graded_at
        question_assignment_order_idx AssignmentQuestion assignment order
        answer_submission_idx AssignmentAnswer submission
        answer_correct_idx AssignmentAnswer is_correct
        history_changed_by_idx AssignmentHistory changed_by -change_time
        peer_review_status_idx PeerReviewAssignment status
    """,
    "chat": """
        chatroom_created_by_idx ChatRoom created_by
        chatroom_is_active_idx ChatRoom is_active
        chatroom_enrollment_idx ChatRoom enrollment
        message_room_date_idx Message room -created_at
        message_sender_idx Message sender
        message_created_at_idx Message -created_at
        message_thread_idx Message thread
        message_type_idx Message message_type
        pending_msg_delivery_idx PendingMessage delivered created_at
        pending_msg_user_idx PendingMessage user
    """,
    "knowledge_graph": """
        element_created_by_idx Element created_by
        element_is_public_idx Element is_public
        element_type_idx Element element_type
        element_difficulty_idx Element difficulty
        elementfile_uploaded_by_idx ElementFile uploaded_by
        elementfile_element_date_idx ElementFile element -uploaded_at
        graphlesson_graph_idx GraphLesson graph
        elementprogress_completed_idx ElementProgress is_completed
        elementprogress_student_element_idx ElementProgress student element
        elementprogress_created_at_idx ElementProgress -created_at
        dependency_lesson_idx Dependency lesson
        dependency_required_idx Dependency required_lesson
        unlock_student_lesson_idx StudentLessonUnlock student lesson
        unlock_is_unlocked_idx StudentLessonUnlock is_unlocked
    """,
    "materials": """
        material_subject_idx Material subject
        material_created_by_idx Material created_by
        material_status_idx Material status
        material_created_at_idx Material -created_at
        material_subject_status_idx Material subject status
        material_progress_student_idx MaterialProgress student
        material_progress_student_material_idx MaterialProgress student material
        material_submission_material_idx MaterialSubmission material
        material_submission_student_material_idx MaterialSubmission student material
        material_submission_created_at_idx MaterialSubmission -created_at
        subject_enrollment_student_idx SubjectEnrollment student
        subject_enrollment_subject_student_idx SubjectEnrollment subject student
        subject_enrollment_teacher_idx SubjectEnrollment teacher
        download_log_downloaded_at_idx MaterialDownloadLog -downloaded_at
        download_log_user_idx MaterialDownloadLog user
    """,
    "payments": """
        payment_status_idx Payment status
        payment_created_at_idx Payment -created_at
        payment_status_date_idx Payment status -created_at
    """,
    "reports": """
        student_report_student_idx StudentReport student
        student_report_created_at_idx StudentReport -created_at
        tutor_report_tutor_idx TutorWeeklyReport tutor
        tutor_report_week_start_idx TutorWeeklyReport week_start
        teacher_report_teacher_idx TeacherWeeklyReport teacher
        teacher_report_week_start_idx TeacherWeeklyReport week_start
    """,
    "scheduling": """
        lesson_start_time_idx Lesson start_time
        lesson_created_by_idx Lesson created_by
        lesson_tutor_idx Lesson tutor
        lesson_created_by_start_time_idx Lesson created_by start_time
        lesson_status_idx Lesson status
        tutor_assignment_student_idx TutorAssignment student
        tutor_assignment_tutor_idx TutorAssignment tutor
        tutor_assignment_student_tutor_idx TutorAssignment student tutor
        tutor_assignment_assigned_to_idx TutorAssignment assigned_to
    """,
}


def _indexes(lines: str) -> tuple[NamedIndex, ...]:
    words = [line.split() for line in lines.strip().splitlines()]
    return tuple(NamedIndex(name, model, tuple(fields)) for name, model, *fields in words)


NAMED_INDEXES = {app: _indexes(lines) for app, lines in _ORDERED.items()}
