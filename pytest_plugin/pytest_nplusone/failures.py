"""What does a failed test say? Plain text, at most 80 columns wide wherever that does not cut code in two."""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from .meant import comment_for, marker_for
from .sources import source_lines
from .statements import one_line, without_columns

if TYPE_CHECKING:
    from nplusone_guard.findings import Finding, Place, ShapeCount

    from .budgets import Queries
    from .markers import Budget
    from .recorded_budgets import Recorded
    from .slopes import Growth
    from .strict import Found
    from .verdicts import Verdict

__all__ = [
    "found_in_test",
    "growing_queries",
    "more_than_recorded",
    "not_recorded",
    "short_sql",
    "too_many_queries",
]

_WIDTH = 80
_INDENTED = 72  # what pytest leaves of it beside the `E` of a traceback
_MOST_FINDINGS = 10  # in one failure; a page of text
_MOST_SHAPES = 10
_KINDS = ("n_plus_one", "write_in_loop", "duplicate_query")  # in the order they are shown
_SMALLEST_SLOPE = 0.01  # that two decimals can show


def found_in_test(found: Sequence[Found], verdicts: Mapping[str, Verdict]) -> str:
    """The failure of a test with `found`, the worst first; `verdicts` has what they are, by their ids."""
    first = found[0].finding
    others = f" and {len(found) - 1} more" if len(found) > 1 else ""
    lines = [f"nplusone: {first.title} × {first.count}{others}"]
    for one in found[:_MOST_FINDINGS]:
        lines += ["", *_finding(one, verdicts[one.finding.id])]
    if len(found) > _MOST_FINDINGS:
        lines += ["", f"… and {len(found) - _MOST_FINDINGS} more"]
    return "\n".join(lines)


def too_many_queries(budget: Budget, queries: Queries, *, verbose: bool = False) -> str:
    """The failure of a block or test that did more queries than `budget` allows.

    Args:
        budget: What was allowed.
        queries: What was done.
        verbose: Whether to show every shape, and its whole SQL.
    """
    # Worded as pytest-django's django_assert_max_num_queries words it.
    verb = "was" if queries.statements == 1 else "were"
    where = f" on {' and '.join(budget.using)}" if budget.using else ""
    lines = [f"Expected to perform {budget.num} queries or less but {queries.statements} {verb} done{where}"]
    if budget.info:
        lines.append(budget.info)
    worst = {finding.shape_id: finding for finding in reversed(queries.report.findings)}
    # Sorting is stable: the most frequent come first among those of one kind, and among the rest.
    kinds = {shape_id: _KINDS.index(finding.kind) for shape_id, finding in worst.items()}
    shapes = sorted(queries.shapes, key=lambda shape: kinds.get(shape.id, len(_KINDS)))
    shown = shapes if verbose else shapes[:_MOST_SHAPES]
    for shape in shown:
        lines += ["", *_shape(f"{shape.count:>5} × ", shape, worst.get(shape.id), verbose=verbose)]
    left = shapes[len(shown) :]
    if left:
        lines += ["", f"… and {sum(one.count for one in left)} queries of {len(left)} more shapes (-v shows all)"]
    return "\n".join(lines)


def growing_queries(growth: Growth, info: str | None = None, *, verbose: bool = False) -> str:
    """The failure of a block that does more queries the more rows there are.

    Args:
        growth: What grows, and how fast.
        info: What the failure shall say as well.
        verbose: Whether to show every shape, and its whole SQL.
    """
    lines = [
        "Expected as many queries for more rows but their number grows",
        f"{_arrows(growth.rows)} rows: {_listed(growth.statements)} statements, {_slope(growth.slope)}",
    ]
    if info:
        lines.append(info)
    shown = growth.growing if verbose else growth.growing[:_MOST_SHAPES]
    for one in shown:
        amount = f"    {_listed(one.counts)} × "
        lines += ["", *_shape(amount, one.shape, one.finding, _slope(one.slope), verbose=verbose)]
    left = len(growth.growing) - len(shown)
    if left:
        lines += ["", f"… and {left} more shapes that grow (-v shows all)"]
    varying = growth.varying if verbose else growth.varying[:_MOST_SHAPES]
    if varying:
        lines += ["", "Not the same at each size either, but not what grows:"]
    for other in varying:
        amount = f"    {_listed(other.counts)} × "
        lines += ["", *_shape(amount, other.shape, None, other.reason, verbose=verbose)]
    return "\n".join(lines)


def _arrows(rows: Sequence[int]) -> str:
    return " → ".join(map(str, rows))


def _listed(counts: Sequence[int]) -> str:
    return ", ".join(map(str, counts))


def _slope(slope: float) -> str:
    """`+1 statement a row`."""
    number = f"{slope:+.2f}".rstrip("0").rstrip(".") if abs(slope) >= _SMALLEST_SLOPE else f"{slope:+.1g}"
    return f"{number} statement{'' if number == '+1' else 's'} a row"


def more_than_recorded(recorded: Recorded, queries: Queries, *, verbose: bool = False) -> str:
    """The failure of a block that did more queries than `recorded` has: what came, and what went.

    Args:
        recorded: What was recorded.
        queries: What was done.
        verbose: Whether to show every shape, and its whole SQL.
    """
    lines = [
        f"Expected to perform the {recorded.count} recorded queries or less but {queries.statements} were done"
    ]
    if recorded.block:
        lines.append(f"in the block {recorded.block}")
    before = {one.id: one for one in recorded.shapes}
    worst = {finding.shape_id: finding for finding in reversed(queries.report.findings)}
    came = [
        (shape, shape.count - before[shape.id].count if shape.id in before else shape.count) for shape in queries
    ]
    came = sorted((one for one in came if one[1] > 0), key=lambda one: -one[1])
    for shape, more in came if verbose else came[:_MOST_SHAPES]:
        known = f"{before[shape.id].count} → {shape.count}" if shape.id in before else ""
        lines += ["", *_shape(f"  + {more} × ", shape, worst.get(shape.id), known, verbose=verbose)]
    if len(came) > _MOST_SHAPES and not verbose:
        lines += ["", f"… and {len(came) - _MOST_SHAPES} more shapes (-v shows all)"]
    now = {shape.id: shape.count for shape in queries}
    gone = [(one, one.count - now.get(one.id, 0)) for one in recorded.shapes]
    lines += [""] if any(less > 0 for _, less in gone) else []
    lines += [_cut(f"  - {less} × {one.sql}", _INDENTED) for one, less in gone if less > 0]
    return "\n".join([*lines, "", *_how_to_record(recorded.test, "meant?")])


def not_recorded(test: str, block: str, queries: Queries, file: str) -> str:
    """The failure of a block whose budget nobody has recorded in `file`."""
    verb = "query was" if queries.statements == 1 else "queries were"
    what = f"the block {block}" if block else "this test"
    lines = [f"Expected a recorded budget of {what} in {file} but there is none: {queries.statements} {verb} done"]
    return "\n".join([*lines, *_how_to_record(test, "record it:")])


def _how_to_record(test: str, head: str) -> list[str]:
    return [head, f"  pytest --nplusone-update-budgets {shlex.quote(test)}"]


def short_sql(sql: str, width: int) -> str:
    """`sql` in one line of at most `width` characters, without quotes: its tables and filters, not its columns."""
    return re.sub(r'["`]', "", _statement("", sql, width))


def _finding(found: Found, verdict: Verdict) -> Iterator[str]:
    finding = found.finding
    where = f", in {found.where}" if found.where else ""
    yield f"{finding.kind}: {finding.title} × {finding.count}{where}"
    if finding.kind == "latent_n_plus_one":
        yield "  it is in a loop over rows, of which this test has too few to repeat it"
    if verdict.note:
        yield from _wrapped("  ", verdict.note)
    if finding.culprit is not None:
        yield f"  {finding.culprit}" + (f" in {finding.culprit.function}" if finding.culprit.function else "")
        source = list(_source(finding.culprit))
        yield from _name_and_loop(finding.culprit, "\n".join(source))
        yield from source
    if finding.via is not None:
        yield f"  for {finding.via}"
        yield from _name_and_loop(finding.via)
    if finding.origin is not None:
        yield f"  rows loaded at {finding.origin}"
    yield from _wrapped("  fix: ", finding.suggestion)
    yield _statement("  sql: ", finding.sql, _WIDTH)
    yield from _ways_to_ignore(finding)


def _ways_to_ignore(finding: Finding) -> Iterator[str]:
    """What to write above the test, or beside the line, when it is meant."""
    yield from _wrapped("  on purpose? ", marker_for(finding))
    comment = comment_for(finding)
    if comment:
        yield from _wrapped("           or ", comment)


def _shape(
    amount: str, shape: ShapeCount, finding: Finding | None, remark: str = "", *, verbose: bool
) -> Iterator[str]:
    """`amount` stands before the name of the shape, `remark` below it."""
    if finding is not None:
        yield f"{amount}{finding.title} ({finding.kind})"
        if remark:
            yield f"        {remark}"
    head = "        " if finding is not None else amount
    if verbose:
        yield from _wrapped(head, one_line(shape.sql), _INDENTED)
    else:
        yield _statement(head, shape.sql, _INDENTED)
    if finding is None and remark:
        yield f"        {remark}"
    place = (finding.culprit if finding is not None else None) or shape.place
    if place is not None:
        yield f"        {place}"
        if place.name or place.source:
            yield _cut(f"          {place.name or place.source}", _INDENTED)
    if finding is not None:
        yield from _wrapped("        fix: ", finding.suggestion, _INDENTED)


def _name_and_loop(place: Place, shown: str = "") -> Iterator[str]:
    """What `place` is called, and the loop around it, unless that stands in the source that is `shown`."""
    if place.name:
        yield _cut(f"    {place.name}", _WIDTH)
    if place.loop and place.loop.rpartition(", line ")[0] not in shown:
        yield _cut(f"    in the loop {place.loop}", _WIDTH)


def _source(place: Place) -> Iterator[str]:
    """The line of `place` with two lines around it, as far as the source is at hand."""
    for line in source_lines(place):
        mark = ">" if line.meant else " "
        yield _cut(f"  {mark} {line.number:>4} | {line.text}".rstrip(), _WIDTH)


def _wrapped(head: str, text: str, width: int = _WIDTH) -> list[str]:
    """`text` behind `head`, broken between words only: what is to be copied stays in one piece."""
    return textwrap.wrap(
        text,
        width,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _statement(head: str, sql: str, width: int) -> str:
    """`sql` in one line; where it is too long its columns go first, as the tables and filters tell more."""
    line = head + one_line(sql)
    if len(line) > width:
        line = head + without_columns(sql)
    return _cut(line, width)


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - 1] + "…"
