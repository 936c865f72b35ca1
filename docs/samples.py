"""What does a run look like? The demo site's tests, run with the plugin, and what it tells and writes of them.

The run is held against the demo site's own baseline with three lines changed, so that it has a finding that is
new, one that has grown and one that is fixed. Times are left out; everything else is as it comes.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

__all__ = ["FOLDER", "write_samples"]

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "samples"
SITE = ROOT / "demo_site"

_BASELINE = "nplusone-baseline.jsonl"
_NEW = "knowledge_graph.Element.created_by"
_GROWN, _GREW_FROM = "assignments.AssignmentSubmission.answers", 4
_FIXED = {
    "label": "accounts.StudentProfile.tutor",
    "kind": "n_plus_one",
    "culprit": "demo_site/accounts/serializers.py in StudentProfileSerializer.get_tutor",
    "count": 20,
    "tests": ["tests/test_pages.py::test_page_as_it_was_written[students: list]"],
    "id": "0123456789ab",
}
_DATE = "1767600000"  # 2026-01-05, of the page
_WIDTH = "110"
_TESTS_FAILED = 1  # pytest's exit status
_PLAIN = ("--no-header", "-p", "no:cacheprovider", "-p", "docs.still_clock")


def write_samples(folder: Path = FOLDER) -> None:
    """Run the demo site's tests, and write what is told and the reports to `folder`.

    Raises:
        RuntimeError: The run ended in another way than with failed tests.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as elsewhere:
        baseline = Path(elsewhere) / _BASELINE
        baseline.write_text(_changed((SITE / _BASELINE).read_text(encoding="utf-8")), encoding="utf-8")
        text = _run(
            f"--nplusone-baseline={baseline}",
            f"--nplusone-json={elsewhere}/results.json",
            f"--nplusone-sarif={elsewhere}/results.sarif",
            f"--nplusone-html={elsewhere}/report.html",
        )
        for name in ("results.json", "results.sarif", "report.html"):
            written = (Path(elsewhere) / name).read_text(encoding="utf-8")
            (folder / name).write_text(written.replace(f"{elsewhere}/", ""), encoding="utf-8")
        text = _without_times(text.replace(f"{elsewhere}/", ""))
    (folder / "run.txt").write_text(text, encoding="utf-8")
    (folder / "failure.txt").write_text(_failure_of(_NEW, text), encoding="utf-8")
    (folder / "summary.txt").write_text(_section(text), encoding="utf-8")


def _changed(baseline: str) -> str:
    """The baseline without one line, with a smaller number in another, and with one line more."""
    head, *lines = baseline.splitlines()
    entries: list[dict[str, Any]] = [json.loads(line) for line in lines]
    kept = [_FIXED, *(entry for entry in entries if entry["label"] != _NEW)]
    for entry in kept:
        if entry["label"] == _GROWN:
            entry["count"] = _GREW_FROM
    return "\n".join([head, *(json.dumps(entry) for entry in kept), ""])


def _run(*arguments: str) -> str:
    unwanted = ("BUILD_NUMBER", "CI", "FORCE_COLOR", "GITHUB_ACTIONS", "PYTEST_ADDOPTS")
    outer = {
        name: value
        for name, value in os.environ.items()
        if name not in unwanted and not name.startswith(("DEMO_", "DJANGO_", "PYTEST_XDIST"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *_PLAIN, *arguments],
        cwd=SITE,
        env={**outer, "PYTHONPATH": str(ROOT), "COLUMNS": _WIDTH, "NO_COLOR": "1", "SOURCE_DATE_EPOCH": _DATE},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != _TESTS_FAILED:
        said = f"{done.stdout}{done.stderr}"
        raise RuntimeError(f"pytest ended with {done.returncode}, expected {_TESTS_FAILED}:\n{said}")
    return done.stdout


def _without_times(text: str) -> str:
    # The last line is filled up with `=`, more of them the shorter the time is.
    return re.sub(r"^=+ (.* passed)\b.* in [\d.]+s .*$", r"= \1 =", text, flags=re.MULTILINE)


def _failure_of(finding: str, text: str) -> str:
    """What the test that saw `finding` says, from its heading to the next one."""
    failures = re.split(r"^(?=[_=]{4,} )", text, flags=re.MULTILINE)
    return next(one for one in failures if f"\nnplusone: {finding} " in one)


def _section(text: str) -> str:
    """What the plugin tells at the end."""
    return next(one for one in re.split(r"^(?==+ )", text, flags=re.MULTILINE) if "= nplusone =" in one)
