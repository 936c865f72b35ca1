"""What to write where a finding is meant: the marker above a test, the comment on a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nplusone_guard.findings import Finding

__all__ = ["comment_for", "marker_for"]


def marker_for(finding: Finding) -> str:
    """The marker that lets `finding` pass in one test."""
    labels = [f'"{label}"' for label in (finding.label, *finding.through)]
    if finding.kind == "unused_eager_load":  # an N+1 over the same relation is not meant
        labels = [f'{{"label": {label}, "kind": "{finding.kind}"}}' for label in labels]
    listed = ", ".join(labels)
    return f"@pytest.mark.nplusone(ignore=[{listed}])"


def comment_for(finding: Finding) -> str:
    """The comment on the culprit's line that lets `finding` pass everywhere; `""` when no line is known."""
    if finding.culprit is None:
        return ""
    comment = f"nplusone: ignore[{', '.join((finding.label, *finding.through))}] reason"
    return f"# {comment}" if finding.culprit.path.endswith(".py") else f"{{# {comment} #}}"
