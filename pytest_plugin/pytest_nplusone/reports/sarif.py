"""The results as SARIF 2.1.0, so that code scanning marks the culprit's line: `--nplusone-sarif`.

Two runs of the same tests give the same file: no time is in it. What GitHub reads of it, and its limits, is in
`docs/reports.md`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from nplusone_guard.findings import Place

from ..results import Result, Results, Status
from .json_files import TOOL, tool_version, write_json
from .places import marked, related
from .rules import RULES, Level, Rule
from .sentences import allowed, fix, headline, seen_by

__all__ = ["to_dict", "write"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"
_MOST_TESTS = 20  # of one finding; the JSON report has all of them
_RULE_INDEX = {rule.id: index for index, rule in enumerate(RULES)}
_BASELINE_STATES: dict[Status, str] = {"new": "new", "grown": "updated", "known": "unchanged"}
_SEVERITIES: dict[Level, str] = {"error": "error", "warning": "warning", "note": "recommendation"}


def write(results: Results, path: Path | str) -> None:
    """Write `results` to the file `path`.

    Raises:
        OSError: The file cannot be written.
    """
    write_json(to_dict(results), path)


def to_dict(results: Results) -> dict[str, Any]:
    """The results as a SARIF log of one run."""
    notifications = [{"level": "error", "message": {"text": problem}} for problem in results.problems]
    run = {
        "tool": {"driver": {"name": TOOL, "version": tool_version(), "rules": [_rule(one) for one in RULES]}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notifications}],
        # Where that is, the reader knows; a path of this machine would tell it nothing.
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository"}}},
        "columnKind": "unicodeCodePoints",
        # What is fixed is left out, not "absent": readers that do not know `baselineState` would show it as open
        "results": [_result(one, has_baseline=bool(results.baseline)) for one in results.results],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": rule.short},
        "fullDescription": {"text": rule.full},
        "help": {"text": rule.full, "markdown": rule.help},
        "defaultConfiguration": {"level": rule.level},
        "properties": {
            "tags": ["performance", "django", "database"],
            "precision": "high",
            "problem.severity": _SEVERITIES[rule.level],
        },
    }


def _result(result: Result, *, has_baseline: bool) -> dict[str, Any]:
    finding = result.finding
    others = related(result)
    values: dict[str, Any] = {"ruleId": finding.kind}
    if finding.kind in _RULE_INDEX:
        values["ruleIndex"] = _RULE_INDEX[finding.kind]
    values |= {
        "level": _level(result),
        "message": _message(result, others),
        "locations": [_location(place) for place in (marked(result),) if place is not None],
        "relatedLocations": [
            {"id": number, **_location(place), "message": {"text": text}}
            for number, (text, place) in enumerate(others.items(), start=1)
        ],
        # No line is in the id, so code may move. `primaryLocationLineHash` is left to GitHub's own action, which
        # warns of each one that it would have computed differently.
        "partialFingerprints": {"nplusoneFindingId/v1": finding.id},
        "properties": _properties(result),
    }
    if has_baseline:
        values["baselineState"] = _BASELINE_STATES[result.status]
    return values


def _level(result: Result) -> Level:
    if result.fails:
        return "error"
    return "note" if result.status == "known" or result.finding.severity == "info" else "warning"


def _message(result: Result, others: dict[str, Place]) -> dict[str, str]:
    # The first sentence is the title of the alert.
    before = [headline(result), fix(result)]
    after = [sentence for sentence in (allowed(result), seen_by(result)) if sentence]
    links = [
        f"{what[0].upper()}{what[1:]}: [{_linked(str(place))}]({number})"
        for number, (what, place) in enumerate(others.items(), start=1)
    ]
    markdown = [f"**{_markdown(before[0])}**", _markdown(before[1]), *links, *map(_markdown, after)]
    return {"text": _sentences([*before, *links, *after]), "markdown": _sentences(markdown)}


def _sentences(parts: list[str]) -> str:
    return " ".join(f"{part}." for part in parts)


def _linked(text: str) -> str:
    """`text` as the text of a link, as SARIF 2.1.0 wants it in 3.11.6."""
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _markdown(text: str) -> str:
    """`text` as Markdown that shows it as it is: `GET /books/<int:pk>/` has what looks like a tag."""
    return re.sub(r"([\\`*_\[\]<>#|~&])", r"\\\1", text)


def _location(place: Place) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": place.line}
    if place.source:
        region["snippet"] = {"text": place.source}
    values: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(place.path), "uriBaseId": _ROOT},
            "region": region,
        }
    }
    if place.function:
        values["logicalLocations"] = [{"fullyQualifiedName": place.function, "kind": "function"}]
    elif place.name:
        values["logicalLocations"] = [{"name": place.name, "kind": "declaration"}]
    return values


def _properties(result: Result) -> dict[str, Any]:
    finding = result.finding
    return {
        "label": finding.label,
        "through": list(finding.through),
        "count": finding.count,
        "wasted": result.wasted,
        "severity": finding.severity,
        "status": result.status,
        "recorded": result.recorded,
        "suggestion": finding.suggestion,
        "sql": finding.sql,
        "shapeId": finding.shape_id,
        "database": finding.alias,
        "endpoints": list(result.endpoints),
        "tests": list(result.tests[:_MOST_TESTS]),
        "testCount": len(result.tests),
    }
