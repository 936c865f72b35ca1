"""The section at the end of a run: what is new, known and fixed, the worst first, with the fix.

Written through pytest's own terminal, so that its width, `--color` and `NO_COLOR` hold here too.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pytest

    from nplusone_guard.findings import Place

    from .results import Fixed, Result, Results

__all__ = ["tell"]

_MOST_FINDINGS = 10  # a page of text
_MOST_FIXED = 10
_STATES = {"grown": "more than the baseline has", "known": "in the baseline"}
_NARROWEST, _WIDEST = 40, 140  # beyond it the eye loses the line


class _Part(NamedTuple):
    """A piece of a line, and how it is marked: as pytest's `TerminalWriter` names it."""

    text: str
    mark: str = ""


_Line = list[_Part]


def tell(
    terminal: pytest.TerminalReporter, results: Results | None, notes: Iterable[str], stale: Iterable[str]
) -> None:
    """Write the section, if there is something to say; `-q` leaves all but the summary out, `-qq` everything.

    Args:
        terminal: Where to.
        results: What the run found.
        notes: What else is to be told, a sentence each.
        stale: About ignores that ignored nothing, as lines.
    """
    if terminal.verbosity < -1:
        return
    width = max(_NARROWEST, min(terminal.config.get_terminal_writer().fullwidth, _WIDEST))
    lines: list[_Line] = []
    if results is not None:
        lines += _section(results, width, terminal.verbosity)
        notes = [*results.problems, *notes]
    lines += [[_Part(f"nplusone: {note}")] for note in notes]
    lines += [[_Part(line)] for line in stale]
    if not lines:
        return
    if terminal.verbosity >= 0:
        terminal.section("nplusone")
    for line in lines:
        for part in line:
            terminal.write(part.text, **_markup(part.mark))
        terminal.write("\n")


def _markup(mark: str) -> Any:
    return dict.fromkeys(mark.split(), True)


def _section(results: Results, width: int, verbosity: int) -> Iterator[_Line]:
    new = [one for one in results.results if one.status != "known"]
    known = [one for one in results.results if one.status == "known"]
    summary = _summary(results, new, known)
    if summary and verbosity < 0:
        yield summary
    if not summary or verbosity < 0:
        return
    verbose = verbosity > 0
    yield from _findings(new, width, verbose=verbose)
    if verbose:
        yield from _findings(known, width, verbose=True)
    yield from _fixed(results.fixed, width, verbose=verbose)
    yield summary


def _summary(results: Results, new: list[Result], known: list[Result]) -> _Line:
    """`nplusone: 2 findings in 3 tests, worst: library.Book.author × 40`, and what the baseline makes of them."""
    parts: list[_Line] = []
    grown = sum(one.status == "grown" for one in new)
    warnings = sum(not one.fails for one in new)
    if new:
        noun = "new finding" if results.baseline else "finding"
        tests = len({test for one in new for test in one.tests})
        counted = [_number(len(new) - grown, noun)] if len(new) > grown else []
        counted += [f"{grown} grown"] if grown else []
        told = f"{' and '.join(counted)} in {_number(tests, 'test')}"
        parts.append([_Part(told, "yellow" if warnings == len(new) else "red")])
    elif results.baseline and (known or results.fixed):
        parts.append([_Part("nothing new", "green")])
    if known:
        parts.append([_Part(f"{len(known)} known")])
    if results.fixed:
        parts.append([_Part(f"{len(results.fixed)} fixed", "green")])
    if not parts:
        return []
    if new:
        worst = max(new, key=lambda one: one.wasted)
        parts.append([_Part(f"worst: {worst.finding.title} × {worst.finding.count}")])
    line = [_Part("nplusone: "), *parts[0]]
    for part in parts[1:]:
        line += [_Part(", "), *part]
    return line


def _findings(results: list[Result], width: int, *, verbose: bool) -> Iterator[_Line]:
    shown = results if verbose else results[:_MOST_FINDINGS]
    for origin, group in _by_origin(shown):
        if len(group) > 1 and origin is not None:
            yield from _group(origin, group, width, verbose=verbose)
        else:
            for one in group:
                yield from _finding(one, width, verbose=verbose)
        yield []
    left = results[len(shown) :]
    if left:
        wasted = sum(one.wasted for one in left)
        yield [_Part(f"… and {_number(len(left), 'more finding')}, {wasted} too many (-v shows all)")]
        yield []


def _by_origin(results: list[Result]) -> list[tuple[Place | None, list[Result]]]:
    """Findings whose rows the same line loads stand together, where the worst of them stands."""
    groups: dict[str, tuple[Place | None, list[Result]]] = {}
    for one in results:
        origin = one.finding.origin
        key = str(origin) if origin is not None else one.finding.id
        groups.setdefault(key, (origin, []))[1].append(one)
    return list(groups.values())


def _group(origin: Place, group: list[Result], width: int, *, verbose: bool) -> Iterator[_Line]:
    """Findings that end with one query: it is named once, and so is a fix that ends them all."""
    wasted = sum(one.wasted for one in group)
    yield [
        _Part(f"rows loaded at {origin}", "bold"),
        _Part(f": {len(group)} findings" + (f", {wasted} too many" if wasted else "")),
    ]
    if origin.source:
        yield [_Part(_cut(f"  {origin.source}", width))]
    fixes = {one.finding.suggestion for one in group}
    for one in group:
        yield from _finding(one, width, "  ", with_fix=len(fixes) > 1, verbose=verbose)
    if len(fixes) == 1:
        yield from _fix(fixes.pop(), "  ", width)


def _finding(
    result: Result, width: int, indent: str = "", *, with_fix: bool = True, verbose: bool
) -> Iterator[_Line]:
    """Five lines: what, where, from where, seen by whom, and the fix. Indented where a group names the origin."""
    finding = result.finding
    count = f"{result.recorded} → {finding.count}" if result.status == "grown" else f"{finding.count}"
    color = "bold" if result.status == "known" else "red bold" if result.fails else "yellow bold"
    notes: list[str] = [finding.kind]
    if result.wasted:
        notes.append(f"{result.wasted} too many")
    if result.status != "new":
        notes.append(_STATES[result.status])
    if not result.fails and result.status != "known":
        notes.append("does not fail")
    yield [_Part(indent), _Part(f"{finding.title} × {count}", color), _Part(f"  {', '.join(notes)}")]
    inner = f"{indent}  "
    if finding.culprit is not None:
        yield from _place(finding.culprit, inner, width)
    if not indent and finding.origin is not None and str(finding.origin) != str(finding.culprit):
        yield from _place(finding.origin, f"{inner}rows loaded at ", width)
    yield from ([_Part(line)] for line in _seen(result, inner, width, verbose=verbose))
    if with_fix:
        yield from _fix(finding.suggestion, inner, width)


def _place(place: Place, head: str, width: int) -> Iterator[_Line]:
    function = f" in {place.function}" if place.function else ""
    where = f"{place}{function}"
    what = place.name or place.source
    room = width - len(head) - len(where) - 2
    told = _cut(f"  {what}", room) if what and room > len("  for x in y") else ""
    yield [_Part(head), _Part(where, "cyan"), _Part(told)]


def _seen(result: Result, indent: str, width: int, *, verbose: bool) -> Iterator[str]:
    """`in GET /authors/, POST /lists/ and 3 more; 12 tests, first tests/test_views.py::test_list`."""
    endpoints = result.endpoints
    where = ""
    if endpoints:
        more = f" and {len(endpoints) - 1} more" if len(endpoints) > 1 else ""
        where = f"in {endpoints[0]}{more}; "
    tests = result.tests
    if not tests:
        return
    counted = "" if len(tests) == 1 else f"{len(tests)} tests, such as "
    head = f"{indent}{where}{counted}"
    yield head + _cut_left(tests[0], width - len(head))
    if verbose:
        for test in tests[1:]:
            yield _cut(f"{indent}  {test}", width)


def _fix(suggestion: str, indent: str, width: int) -> Iterator[_Line]:
    head = f"{indent}fix: "
    lines = textwrap.wrap(suggestion, width - len(head), break_long_words=False, break_on_hyphens=False) or [""]
    for index, line in enumerate(lines):
        yield [_Part(head if not index else " " * len(head)), _Part(line, "green")]


def _fixed(fixed: tuple[Fixed, ...], width: int, *, verbose: bool) -> Iterator[_Line]:
    shown = fixed if verbose else fixed[:_MOST_FIXED]
    for one in shown:
        yield [_Part("fixed: ", "green"), _Part(_cut(f"{one.label} × {one.count}  {one.culprit}", width - 7))]
    if len(fixed) > len(shown):
        yield [_Part(f"… and {len(fixed) - len(shown)} more (-v shows all)")]
    if fixed:
        yield []


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: max(width - 1, 0)] + "…"


def _cut_left(name: str, width: int) -> str:
    """The end of `name`: of a test's id, its name tells the most."""
    return name if len(name) <= width else "…" + name[len(name) - max(width, 20) + 1 :]


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
