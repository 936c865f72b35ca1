"""All that `analyze_queries` says of one database, found in one go."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

from .advising import wanted_by
from .existing import models_by_table, why_not_the_projects
from .opportunities import Opportunity, UselessLoad, analyze_n_plus_one_opportunities, analyze_useless_loads
from .recommend import judged
from .statistics import DatabaseStats, show_database_stats
from .uses import statements_of_models
from .values import Advice, Recommendation, Waste, Workload
from .waste import waste_among
from .workload import workload_of

__all__ = ["SECTIONS", "Analysis", "analyze"]

SECTIONS = ("indexes", "waste", "nplusone", "models", "statistics")
"""The parts of an analysis, in the order of the report."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was found.

    Attributes:
        alias: The database's alias.
        sections: The parts that were asked for; what belongs to others is empty.
        workload: The statements that the recommendations rest on.
        not_understood: How many of its statements could not be read, so that nothing is said of them.
        tables: How many tables of models were looked at.
        is_empty: Whether none of them has a row.
        indexes: How many indexes they have.
        declared: How many statements the declared uses of the models make.
        candidates: The indexes that those would like and that are not there.
        recommendations: The indexes that the workload would like, and what became of each.
        waste: The indexes that cost more than they give.
        opportunities: The N+1s that wait in the code.
        useless: What views load beside their rows and never read.
        statistics: What the database says of itself.
    """

    alias: str
    sections: tuple[str, ...]
    workload: Workload
    not_understood: int
    tables: int
    is_empty: bool
    indexes: int
    declared: int
    candidates: tuple[Advice, ...]
    recommendations: tuple[Recommendation, ...]
    waste: tuple[Waste, ...]
    opportunities: tuple[Opportunity, ...]
    useless: tuple[UselessLoad, ...]
    statistics: DatabaseStats

    @property
    def places(self) -> tuple[tuple[Opportunity, ...], ...]:
        """The opportunities by the place that is to be changed: several views may answer with one serializer."""
        found: dict[tuple[object, ...], list[Opportunity]] = {}
        for one in self.opportunities:
            key = (one.label, one.through, str(one.place), one.suggestion, one.confidence)
            found.setdefault(key, []).append(one)
        return tuple(tuple(every) for every in found.values())

    @property
    def recommended(self) -> tuple[Recommendation, ...]:
        """The indexes that are worth adding."""
        return tuple(one for one in self.recommendations if one.standing == "recommended")

    @property
    def missing(self) -> tuple[Recommendation, ...]:
        """Those of them that a model of the project can have."""
        return tuple(one for one in self.recommended if not why_not_the_projects(one.advice.model))

    @property
    def redundant(self) -> tuple[Waste, ...]:
        """The needless indexes in tables whose models are the project's own."""
        return tuple(one for one in self.waste if not why_not_the_projects(one.index.model))


def analyze(
    connection: BaseDatabaseWrapper,
    *,
    sections: Collection[str] = SECTIONS,
    workload: str | None = None,
    app_labels: Collection[str] = (),
    log: Path | str | None = None,
    apply_in_test_db: bool = False,
    step: Callable[[str, int, int], None] = lambda what, done, of: None,
) -> Analysis:
    """What there is to say of the database of `connection` and of the code that asks it.

    Args:
        connection: The database; `obstacle_to` tells beforehand whether it can be analyzed.
        sections: The parts that are wanted, some of `SECTIONS`; with `nplusone` alone no database is asked.
        workload: A file with recorded statements.
        app_labels: The apps that are looked at; all when empty.
        log: A file with the events `nplusone.detected` that confirm what the code tells.
        apply_in_test_db: Whether an index may be created in a transaction that is rolled back.
        step: Is called with what is being done now, how many of its parts are done, and of how many.

    Raises:
        OSError: `workload` or `log` cannot be read.
        ValueError: `workload` is no recorded workload.
        django.db.Error: The database does not answer.
    """
    if set(sections) == {"nplusone"}:
        return _of_the_code(connection, app_labels, log, step)
    step("statements", 0, 1)
    known = workload_of(connection, file=workload)
    tables = models_by_table(connection.alias, app_labels)
    statistics = show_database_stats(connection)
    rows = {one.table: one.rows for one in statistics.tables if one.table in tables}
    step("models", 0, 1)
    declared = statements_of_models(connection) if {"models", "indexes"} & set(sections) else ()
    wanted = wanted_by(declared, connection, app_labels)
    indexes = [index for every in wanted.indexes.values() for index in every]
    asked_for = wanted
    if known.statements and "indexes" in sections:
        asked_for = wanted_by(known.statements, connection, app_labels)
    recommendations: tuple[Recommendation, ...] = ()
    if "indexes" in sections:
        recommendations = judged(
            connection,
            asked_for,
            rows=rows,
            apply_in_test_db=apply_in_test_db,
            asked=lambda done, of: step("planner", done, of),
        )
    return Analysis(
        alias=connection.alias,
        sections=tuple(one for one in SECTIONS if one in sections),
        workload=known,
        not_understood=len(asked_for.not_understood),
        tables=len(tables),
        is_empty=not any(count != 0 for count in rows.values()),
        indexes=len(indexes),
        declared=len(declared),
        candidates=wanted.candidates if "models" in sections else (),
        recommendations=recommendations,
        waste=waste_among(indexes, statistics.usage, statistics.since) if "waste" in sections else (),
        opportunities=_opportunities(app_labels, log, step) if "nplusone" in sections else (),
        useless=_useless(app_labels) if "nplusone" in sections else (),
        statistics=statistics,
    )


def _of_the_code(
    connection: BaseDatabaseWrapper,
    app_labels: Collection[str],
    log: Path | str | None,
    step: Callable[[str, int, int], None],
) -> Analysis:
    """What needs no database, and so is told where there is none too."""
    return Analysis(
        alias=connection.alias,
        sections=("nplusone",),
        workload=Workload("models", (), "No statement was asked for."),
        not_understood=0,
        tables=len(models_by_table(connection.alias, app_labels)),
        is_empty=False,
        indexes=0,
        declared=0,
        candidates=(),
        recommendations=(),
        waste=(),
        opportunities=_opportunities(app_labels, log, step),
        useless=_useless(app_labels),
        statistics=DatabaseStats(connection.alias, connection.vendor, unknown=("It was not asked.",)),
    )


def _opportunities(
    app_labels: Collection[str], log: Path | str | None, step: Callable[[str, int, int], None]
) -> tuple[Opportunity, ...]:
    """Those of the apps whose models are read, or whose code reads them."""
    step("views", 0, 1)
    found = analyze_n_plus_one_opportunities(log=log)
    apps = set(app_labels)
    return tuple(one for one in found if not apps or {one.label.partition(".")[0], *one.view.split(".")} & apps)


def _useless(app_labels: Collection[str]) -> tuple[UselessLoad, ...]:
    apps = set(app_labels)
    return tuple(one for one in analyze_useless_loads() if not apps or set(one.view.split(".")) & apps)
