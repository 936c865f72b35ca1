"""Fills the store, runs the whole corpus, and takes the figures."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from . import scenarios
from .grading import Grade, figures, grade
from .one_row import as_latent
from .running import ALIASES, Depth, find, site, statements
from .scenario import SCENARIOS, Scenario
from .store.rows import Store, empty, fill

__all__ = ["DEPTHS", "FEW", "MANY", "all_figures", "corpus", "filled", "growth", "measure"]

FEW, MANY = 6, 12  # rows; the more of them are past every default threshold
DEPTHS: tuple[Depth, ...] = ("light", "deep", "latent")


def corpus(words: Iterable[str] = ()) -> list[Scenario]:
    """The scenarios that can run here, those only whose name or theme has one of `words`, if there are any."""
    for module in pkgutil.iter_modules(scenarios.__path__):
        importlib.import_module(f"{scenarios.__name__}.{module.name}")
    words = tuple(words)
    return [
        one
        for one in SCENARIOS.values()
        if not one.skip and (not words or any(word in one.name or word == one.theme for word in words))
    ]


@contextmanager
def filled(size: int) -> Iterator[Store]:
    """The store, with rows on both databases that every connection sees; none afterwards."""
    with site():
        for alias in reversed(ALIASES):
            store = fill(size, using=alias)
        try:
            yield store
        finally:
            for alias in ALIASES:
                empty(using=alias)


def growth(chosen: Iterable[Scenario]) -> dict[str, tuple[int, int]]:
    """How many statements each scenario runs with few rows and with many."""
    chosen = list(chosen)
    counts = []
    for size in (FEW, MANY):
        with filled(size) as store:
            # Once for what the process caches for ever, such as content types.
            counts.append([(statements(one, store), statements(one, store))[1] for one in chosen])
    return {one.name: pair for one, pair in zip(chosen, zip(*counts, strict=True), strict=True)}


def measure(chosen: Iterable[Scenario]) -> list[Grade]:
    """The grades of the guard at both depths, and with one row of each sort where a scenario can do with it."""
    chosen = list(chosen)
    with filled(MANY) as store:
        grades = [grade(one, depth, find(one, store, depth)) for one in chosen for depth in ("light", "deep")]
    with filled(1) as store:
        alone = filter(None, map(as_latent, chosen))
        return grades + [grade(one, "latent", find(one, store, "latent")) for one in alone]


def all_figures(grades: Iterable[Grade]) -> dict[str, dict[str, dict[str, float | None]]]:
    """The figures by depth, of all scenarios and of those of each kind."""
    grades = list(grades)
    table: dict[str, dict[str, dict[str, float | None]]] = {}
    for depth in DEPTHS:
        at_depth = [one for one in grades if one.depth == depth]
        table[depth] = {"all": figures(at_depth)}
        for kind in sorted({one.scenario.kind for one in at_depth if one.scenario.kind}):
            table[depth][kind] = figures(one for one in at_depth if one.scenario.kind == kind)
    return table
