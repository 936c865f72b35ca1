"""What does a report say? The same sentences for every format, each made from what was found.

A writer decides how a section looks, not what is in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import shorten

from ...wording import counted
from ..analyzing import Analysis
from ..opportunities import Confidence, Opportunity, UselessLoad, answering
from ..recommend import WRITE_COST
from ..values import FEW_ROWS, Advice, Index, Recommendation, Standing, Waste
from .figures import facts_of, largest_indexes, largest_tables, scanned_tables
from .shown import Group, Item, Section, Table
from .sizes import size

__all__ = ["brief", "headline", "sections_of"]

_HEADINGS: dict[Standing, str] = {
    "recommended": "Worth adding",
    "unverified": "Unverified",
    "outweighed": "Not worth their writes",
    "ignored": "Ignored by the planner",
}
_CONFIDENCES: dict[Confidence, str] = {
    "certain": "Certain: it is declared",
    "likely": "Likely: a method does it",
    "possible": "Possible: under a condition",
}
_DECLARED = "What the code declares"
_LONGEST = 400  # characters of a statement
_SHORT = 2
"""Places and statements of one item that are shown without --verbose."""


def headline(analysis: Analysis) -> str:
    """The outcome in one sentence."""
    unknown = sum(one.standing == "unverified" and not one.is_small for one in analysis.recommendations)
    parts = {
        "indexes": f"{counted(len(analysis.recommended), 'index', 'indexes')} to add"
        + (f" and {unknown:,} unverified" if unknown else ""),
        "waste": f"{counted(len(analysis.waste), 'needless index', 'needless indexes')}",
        "nplusone": f"{counted(len(analysis.places), 'N+1')} in the code",
    }
    told = [part for section, part in parts.items() if section in analysis.sections]
    return f"{', '.join(told)}." if told else f"Of the database {analysis.alias!r}."


def sections_of(analysis: Analysis, *, verbose: bool) -> tuple[Section, ...]:
    """The parts of the report that were asked for.

    Args:
        analysis: What was found.
        verbose: Whether to list what the planner ignores, all places, and the planner's texts.
    """
    makers = {
        "indexes": _indexes,
        "waste": _waste,
        "nplusone": _opportunities,
        "models": _models,
        "statistics": _statistics,
    }
    return tuple(makers[key](analysis, verbose) for key in analysis.sections)


def brief(sql: str) -> str:
    """`sql` in one line, without the list of its columns, as filters tell more; cut where it is long."""
    line = " ".join(sql.split())
    begun = re.match(r"SELECT (?:DISTINCT )?", line)
    columns_end = _from_of(line) if begun else -1
    if begun and columns_end > 0:
        line = f"{begun[0]}…{line[columns_end:]}"
    return shorten(line, _LONGEST, placeholder=" …")


def _from_of(line: str) -> int:
    """Where the statement's own FROM is, past those of subqueries among its columns; -1 if nowhere."""
    depth = 0
    for match in re.finditer(r"[()]| FROM ", line):
        if match[0] == " FROM " and not depth:
            return match.start()
        depth += {"(": 1, ")": -1}.get(match[0], 0)
    return -1


def _indexes(analysis: Analysis, verbose: bool) -> Section:
    lead = [analysis.workload.remark, *_how_asked(analysis), *_how_weighed(analysis)]
    shown = []
    for standing, title in _HEADINGS.items():
        every = [one for one in analysis.recommendations if one.standing == standing]
        found = [one for one in every if verbose or not (standing == "ignored" or one.is_small)]
        if standing == "unverified":
            shown += _unverified(found, verbose)
        elif found:
            shown.append(Group(title, tuple(_recommendation(one, verbose) for one in found)))
        hidden = len(every) - len(found)
        if hidden:
            of_them = counted(hidden, "candidate is", "candidates are")
            lead.append(f"{of_them} {_why_hidden(standing, every, analysis)}")
    if analysis.not_understood:
        of_them = counted(analysis.not_understood, "of them is", "of them are")
        lead.append(f"{of_them} not understood, and nothing is said of what those need.")
    if not analysis.recommendations:
        lead.append("Every statement that is understood is served by the indexes that are there.")
    return Section("indexes", "Indexes to add", tuple(lead), tuple(shown))


def _why_hidden(standing: Standing, every: Sequence[Recommendation], analysis: Analysis) -> str:
    if standing == "ignored":
        return "ignored by the planner; --verbose lists them."
    if analysis.is_empty:
        return "not judged, as no table has a row here; --verbose lists them."
    if not any(one.rows for one in every):
        return "not judged, as their tables are empty here; --verbose lists them."
    return f"not judged, as their tables have fewer than {FEW_ROWS:,} rows here; --verbose lists them."


def _unverified(found: Sequence[Recommendation], verbose: bool) -> list[Group]:
    """By the reason, which is told once."""
    by_reason: dict[str, list[Recommendation]] = {}
    for one in found:
        by_reason.setdefault(one.reason, []).append(one)
    return [
        Group(f"{_HEADINGS['unverified']}. {reason}", tuple(_candidate(one, verbose) for one in every))
        for reason, every in by_reason.items()
    ]


def _candidate(one: Recommendation, verbose: bool) -> Item:
    """In brief, as nobody knows whether it is worth having."""
    statement = one.advice.accesses[0].statement
    places = list(dict.fromkeys(place for access in one.advice.accesses for place in access.statement.places))
    return Item(
        title=_name_of(one.advice),
        facts=(_burden(one),) if verbose else (),
        places=_shown(places, verbose),
        statement=statement.sql if verbose else "" if places else brief(statement.sql),
    )


def _how_asked(analysis: Analysis) -> list[str]:
    ways = dict.fromkeys(one.advice.proof.how for one in analysis.recommendations if one.advice.proof.how)
    return [f"The planner was asked by {' and '.join(ways)}."] if ways else []


def _how_weighed(analysis: Analysis) -> list[str]:
    """What is known of the writes that an index would have to pay for."""
    if not any(one.standing in ("recommended", "outweighed") for one in analysis.recommendations):
        return []
    in_costs = analysis.statistics.vendor in WRITE_COST
    if any(one.reads for one in analysis.recommendations):
        how = "by the planner's costs" if in_costs else "by rows, as the planner tells no cost of a write"
        return [f"Reads and writes are weighed {how}."]
    how = "one read is weighed against one write" if in_costs else "writes are not weighed against reads"
    return [f"How often a statement runs is not known, so {how}."]


def _recommendation(one: Recommendation, verbose: bool) -> Item:
    advice, proof = one.advice, one.advice.proof
    facts = [one.reason, _burden(one)]
    statement = advice.accesses[0].statement
    others = len({access.statement.shape_id for access in advice.accesses}) - 1
    if others:
        facts.append(f"It serves {counted(others, 'more statement')}.")
    if one.replaces and one.standing == "recommended":
        facts.append(f"With it nobody needs {' and '.join(one.replaces)}.")
    places = list(dict.fromkeys(place for access in advice.accesses for place in access.statement.places))
    plans = [(name, plan.text) for name, plan in (("before", proof.before), ("after", proof.after)) if plan]
    return Item(
        title=_name_of(advice),
        facts=tuple(facts),
        places=_shown(places, verbose),
        statement=statement.sql if verbose else brief(statement.sql),
        plans=tuple(plans) if verbose else (),
    )


def _name_of(advice: Advice) -> str:
    columns = ", ".join(map(str, advice.columns))
    include = f" include ({', '.join(advice.include)})" if advice.include else ""
    condition = f" where {advice.condition}" if advice.condition else ""
    return f"{advice.model or advice.table} ({columns}){include}{condition}"


def _burden(one: Recommendation) -> str:
    """What the table has already, and who reads and writes it."""
    has = counted(one.indexes, "index", "indexes")
    holds = f"{one.advice.table} has {has}"
    if one.rows is not None:
        holds += f" and about {counted(one.rows, 'row')}"
    if one.reads or one.writes:
        share = one.writes / (one.reads + one.writes)
        holds += f"; {counted(one.reads, 'read')} and {counted(one.writes, 'write')} of it ({share:.0%} writes)"
    return f"{holds}."


def _waste(analysis: Analysis, verbose: bool) -> Section:
    names = {
        "invalid": "Not finished",
        "duplicate": "Duplicates",
        "db_index": "db_index=True beside an explicit index",
        "prefix": "Covered by a wider index",
        "unused": "Never read",
    }
    groups = []
    for kind, title in names.items():
        found = tuple(_wasted(one, verbose) for one in analysis.waste if one.kind == kind)
        if found:
            groups.append(Group(title, found))
    tables, indexes = counted(analysis.tables, "table"), counted(analysis.indexes, "index", "indexes")
    lead = [f"{tables} of models, {indexes}: {len(analysis.waste)} of them needless."]
    sizes = [one.usage.size_bytes for one in analysis.waste if one.usage.size_bytes is not None]
    if sizes:
        lead.append(f"Together they take {size(sum(sizes))}.")
    elsewhere = len(analysis.waste) - len(analysis.redundant)
    if elsewhere:
        lead.append(f"{elsewhere:,} of them are in tables of installed packages and of many-to-many relations.")
    return Section("waste", "Indexes to drop", tuple(lead), tuple(groups))


def _wasted(one: Waste, verbose: bool) -> Item:
    facts = [one.reason]
    if one.covered_by is not None and not verbose:
        facts = [f"{_called(one.covered_by)} does its work."]
    usage = [size(one.usage.size_bytes)] if one.usage.size_bytes is not None else []
    usage += [counted(one.usage.scans, "scan")] if one.usage.scans is not None else []
    if usage:
        facts.append(f"{', '.join(usage)}.")
    return Item(f"{one.index.model or one.index.table} {_index_name(one.index)}", tuple(facts))


def _called(index: Index) -> str:
    """An index by who asked for it, where that says more than its name."""
    own = {
        "primary key": "The primary key",
        "unique": "The unique index",
        "foreign key": "The foreign key's own index",
        "db_index": "The field's own index",
    }
    columns = ", ".join(map(str, index.columns))
    return f"{own[index.origin]} ({columns})" if index.origin in own else _index_name(index)


def _index_name(index: Index) -> str:
    return f"{index.name} ({', '.join(map(str, index.columns))})"


def _opportunities(analysis: Analysis, verbose: bool) -> Section:
    groups = []
    for confidence, title in _CONFIDENCES.items():
        items = tuple(
            _opportunity(every, verbose) for every in analysis.places if every[0].confidence == confidence
        )
        if items:
            groups.append(Group(title, items))
    views = {(one.view, one.action): one for one in analysis.opportunities}
    lead = (
        f"{counted(len(analysis.places), 'place reads', 'places read')} a relation row by row, in responses of "
        f"{counted(len(views), 'view')}. Told from the code; no statement was run for it."
    )
    whole = [Item(_view_of(one), fix=one.together) for one in views.values() if one.together != one.suggestion]
    if whole:
        groups.append(Group("All that a view lacks, on its queryset", tuple(whole)))
    useless = [
        Item(f"{_view_of(one)} loads {one.path}, and its response never reads it") for one in analysis.useless
    ]
    if useless:
        groups.append(Group("Loaded for nothing", tuple(useless)))
    return Section("nplusone", "N+1s that wait in the code", (lead,), tuple(groups))


def _opportunity(every: Sequence[Opportunity], verbose: bool) -> Item:
    one = every[0]
    title = " → ".join((one.label, *(label.rpartition(".")[2] for label in one.through)))
    views = list(dict.fromkeys(map(_view_of, every)))
    facts = [f"In {', '.join(_shown(views, verbose))}."]
    if any(each.confirmed for each in every):
        facts.append("The log confirms it.")
    return Item(title, tuple(facts), one.suggestion, (f"{one.place} {one.place.name}".rstrip(),))


def _view_of(one: Opportunity | UselessLoad) -> str:
    return answering(one.view.rpartition(".")[2], one.action)


def _models(analysis: Analysis, verbose: bool) -> Section:
    wanting = {access.statement.shape_id for advice in analysis.candidates for access in advice.accesses}
    served = analysis.declared - len(wanting)
    lead = (
        f"{counted(analysis.declared, 'statement')} can be made from what models, admin and API declare: orders, "
        f"filters, searches, look-ups. {served:,} of them need no further index."
    )
    if analysis.workload.source == "models" and "indexes" in analysis.sections:
        return Section("models", _DECLARED, (lead, "The others are what the candidates above are for."))
    items = []
    for advice in analysis.candidates:
        places = [place for access in advice.accesses for place in access.statement.places]
        items.append(Item(_name_of(advice), places=_shown(list(dict.fromkeys(places)), verbose)))
    groups = (Group("They would also like", tuple(items)),) if items else ()
    return Section("models", _DECLARED, (lead,), groups)


def _shown(places: Sequence[str], verbose: bool) -> tuple[str, ...]:
    if verbose or len(places) <= _SHORT + 1:
        return tuple(places)
    return (*places[:_SHORT], f"and {len(places) - _SHORT} more places")


def _statistics(analysis: Analysis, verbose: bool) -> Section:
    stats = analysis.statistics
    figures = [largest_tables(stats, verbose=verbose)]
    figures += [scanned_tables(stats, verbose=verbose)] if stats.scanned_tables else []
    figures += [largest_indexes(stats, verbose=verbose)] if verbose else []
    tables = tuple(Table(heading, rows) for heading, rows in figures)
    return Section("statistics", "What the database says of itself", facts_of(stats), tables=tables)
