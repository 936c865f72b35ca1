"""What to write where a finding is meant: the marker above a test, the comment on a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nplusone_guard.findings import Finding

__all__ = ["comment_for", "marker_for"]


def marker_for(finding: Finding) -> str:
    """The marker that lets `finding` pass in one test."""
    listed = ", ".join(f'"{label}"' for label in (finding.label, *finding.through))
    return f"@pytest.mark.nplusone(ignore=[{listed}])"


def comment_for(finding: Finding) -> str:
    """The comment on the culprit's line that lets `finding` pass everywhere; `""` when no line is known."""
    if finding.culprit is None:
        return ""
    comment = f"nplusone: ignore[{', '.join((finding.label, *finding.through))}] reason"
    return f"# {comment}" if finding.culprit.path.endswith(".py") else f"{{# {comment} #}}"
