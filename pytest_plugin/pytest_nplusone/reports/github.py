"""The results where a pull request on GitHub is read: marks on its lines, and the summary of the job.

Both are for GitHub Actions: lines on standard output that it takes for commands, and a file that it shows.
"""

import html
import os
from collections.abc import Iterable
from pathlib import Path

from ..results import Result, Results
from .places import marked
from .sentences import allowed, fix, headline, seen_by

__all__ = ["annotations", "step_summary", "write_step_summary"]

_MOST_ANNOTATIONS = 10
"""Of errors and of warnings: GitHub shows no more of either from one step, and leaves out the rest without a word
(https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md)."""
_MOST_ROWS = 50  # of the summary, which GitHub cuts at 1 MiB


def annotations(results: Results) -> list[str]:
    """The commands that mark lines: each to be printed on a line of its own.

    Findings that fail are errors and the others warnings, the worst first. What the baseline knows marks nothing;
    it is summed up in a notice, like what is too much for GitHub.
    """
    failing = [one for one in results.results if one.fails]
    warned = [one for one in results.results if not one.fails and one.status != "known"]
    known = len(results.results) - len(failing) - len(warned)
    lines = [
        _command(level, one)
        for level, found in (("error", failing), ("warning", warned))
        for one in found[:_MOST_ANNOTATIONS]
    ]
    left = sum(max(0, len(found) - _MOST_ANNOTATIONS) for found in (failing, warned))
    told = [
        _number(left, "more finding", "the log has all of them"),
        _number(known, "known finding", "in the baseline"),
        _number(len(results.fixed), "fixed finding", "gone since the baseline was written"),
    ]
    notice = "; ".join(part for part in told if part)
    return [*lines, f"::notice title=nplusone::{_escaped(notice)}"] if notice else lines


def write_step_summary(results: Results) -> bool:
    """Add `step_summary` to the file that GitHub Actions shows, where there is one; says whether it did.

    Raises:
        OSError: The file cannot be written.
    """
    path, text = os.environ.get("GITHUB_STEP_SUMMARY"), step_summary(results)
    if not path or not text:
        return False
    with Path(path).open("a", encoding="utf-8") as summary:
        summary.write(text)
    return True


def step_summary(results: Results) -> str:
    """The results as a table in Markdown; `""` where there is nothing to tell."""
    if not (results.results or results.fixed or results.problems):
        return ""
    lines = ["## N+1 queries", "", _totals(results), ""]
    if results.results:
        lines += [
            "| | what | statements | where | fix | tests |",
            "|---|---|---:|---|---|---:|",
            *(_row(one) for one in results.results[:_MOST_ROWS]),
            "",
        ]
    left = len(results.results) - _MOST_ROWS
    if left > 0:
        lines += [_number(left, "more finding", "the log has all of them"), ""]
    if results.fixed:
        gone = ", ".join(_code(f"{one.label} × {one.count}") for one in results.fixed[:_MOST_ROWS])
        lines += [f"Fixed since the baseline was written: {gone}", ""]
    lines += [f"- Not judged: {_text(problem)}" for problem in results.problems[:_MOST_ROWS]]
    return "\n".join(lines).rstrip() + "\n"


def _command(level: str, result: Result) -> str:
    place = marked(result)
    properties = {"title": f"nplusone: {result.finding.title} × {result.finding.count}"}
    if place is not None:
        properties = {"file": place.path, "line": str(place.line), **properties}
    told = ",".join(f"{name}={_escaped_property(value)}" for name, value in properties.items())
    parts = (headline(result), fix(result), allowed(result), seen_by(result))
    return f"::{level} {told}::{_escaped(chr(10).join(part for part in parts if part))}"


def _escaped(text: str) -> str:
    """`text` as the message of a command: a line break would end it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def _totals(results: Results) -> str:
    told = [f"**{number} {status}**" for status, number in results.by_status.items() if number]
    return f"{', '.join(told) or 'Nothing found'} in {results.tests} {'test' if results.tests == 1 else 'tests'}."


def _row(result: Result) -> str:
    finding, place = result.finding, marked(result)
    statements = f"{finding.count} (was {result.recorded})" if result.status == "grown" else str(finding.count)
    mark = "❌" if result.fails else "⚠️"
    cells: Iterable[str] = (
        f"{mark} {result.status}",
        f"{_code(finding.title)}<br>{finding.kind}",
        statements,
        "<br>".join(_code(part) for part in (str(place or ""), *result.endpoints[:1]) if part),
        _code(finding.suggestion),
        str(len(result.tests)),
    )
    return f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    # Not between backticks: those cannot hold a `|` inside of a table, nor a backtick.
    return f"<code>{_text(text)}</code>"


def _text(text: str) -> str:
    escaped = html.escape(" ".join(text.split()), quote=False)
    for character in "|*_`[]~":
        escaped = escaped.replace(character, f"&#{ord(character)};")
    return escaped


def _number(count: int, noun: str, told: str) -> str:
    if not count:
        return ""
    return f"{count} {noun if count == 1 else noun + 's'}: {told}"
