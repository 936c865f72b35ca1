"""What does a test ask for? Its markers, checked and as plain values.

Nothing of Django is imported until a rule or an alias has to be read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from .arguments import LEAST_THRESHOLD, number
from .spelling import nearest

if TYPE_CHECKING:
    from nplusone_guard.rules import Rule

__all__ = ["Budget", "Wishes", "aliases", "budgets_of", "has_markers", "wishes_of"]

_OURS = frozenset({"nplusone", "max_queries"})
_NPLUSONE = ("ignore", "threshold")
_MAX_QUERIES = ("num", "using", "info")


class Budget(NamedTuple):
    """How many queries a test may do.

    Attributes:
        num: The most queries.
        using: The aliases that count; all when empty.
        info: What the failure shall say as well.
    """

    num: int
    using: tuple[str, ...] = ()
    info: str | None = None


class Wishes(NamedTuple):
    """What the `nplusone` markers of one test ask for.

    Attributes:
        ignore: Findings that do not fail it.
        threshold: How many statements make a finding in it; `None` for the run's number.
    """

    ignore: tuple[Rule, ...] = ()
    threshold: int | None = None


def has_markers(item: pytest.Item) -> bool:
    """Whether the test, its class or its module has a marker of ours."""
    # Asked of each test, and a tenth of what `iter_markers()` takes.
    node: Any = item
    while node is not None:
        for marker in node.own_markers:
            if marker.name in _OURS:
                return True
        node = node.parent
    return False


def wishes_of(item: pytest.Item) -> Wishes:
    """What the `nplusone` markers on the test, its class and its module ask for.

    Labels add up; of several thresholds the nearest wins.

    Raises:
        pytest.UsageError: An argument is not known or does not fit.
    """
    rules: list[Rule] = []
    thresholds: list[int] = []
    for marker in item.iter_markers("nplusone"):
        _check_names(marker, (), _NPLUSONE, '@pytest.mark.nplusone(ignore=["library.Book.author"], threshold=3)')
        rules += _rules(marker.kwargs.get("ignore", ()))
        if "threshold" in marker.kwargs:
            value = marker.kwargs["threshold"]
            thresholds.append(number(value, "threshold of @pytest.mark.nplusone", LEAST_THRESHOLD))
    return Wishes(tuple(rules), thresholds[0] if thresholds else None)


def budgets_of(item: pytest.Item) -> tuple[Budget, ...]:
    """What the `max_queries` markers on the test, its class and its module allow, the nearest for each `using`.

    Raises:
        pytest.UsageError: An argument is missing, not known or does not fit.
    """
    budgets: dict[tuple[str, ...], Budget] = {}
    for marker in item.iter_markers("max_queries"):
        example = '@pytest.mark.max_queries(5, using="default", info="why five")'
        _check_names(marker, _MAX_QUERIES, _MAX_QUERIES, example)
        values = {**dict(zip(_MAX_QUERIES, marker.args, strict=False)), **marker.kwargs}
        if "num" not in values:
            raise pytest.UsageError(f"@pytest.mark.max_queries needs the number of queries: {example}")
        using = aliases(values.get("using"))
        budget = Budget(number(values["num"], "@pytest.mark.max_queries", 0), using, values.get("info"))
        budgets.setdefault(using, budget)
    return tuple(budgets.values())


def aliases(using: object) -> tuple[str, ...]:
    """The database aliases that `using`, one or several, names; none for all of them.

    Raises:
        pytest.UsageError: There is no such alias.
    """
    if using is None:
        return ()
    from django.db import connections  # noqa: PLC0415 — only where Django is

    named = (using,) if isinstance(using, str) else using
    if not isinstance(named, Iterable):
        raise pytest.UsageError(f"using is {using!r}, expected a database alias or a list of them")
    found = []
    for alias in named:
        if alias not in connections.settings:
            known = sorted(connections.settings)
            hint = nearest(alias, known) or f"the aliases are {', '.join(known)}"
            raise pytest.UsageError(f"using names the database {alias!r}, which is not in DATABASES; {hint}")
        found.append(str(alias))
    return tuple(sorted(set(found)))


def _rules(labels: object) -> list[Rule]:
    from nplusone_guard.rules import Rule  # noqa: PLC0415 — only where Django is

    if isinstance(labels, str) or not isinstance(labels, Iterable):
        raise pytest.UsageError(
            f"ignore of @pytest.mark.nplusone is {labels!r}, expected a list of labels, "
            f"such as ignore=[{labels if isinstance(labels, str) else 'library.Book.author'!r}]"
        )
    try:
        return [Rule.parse(label) for label in labels]
    except ValueError as error:
        raise pytest.UsageError(f"ignore of @pytest.mark.nplusone: {error}") from None


def _check_names(marker: pytest.Mark, positional: tuple[str, ...], known: tuple[str, ...], example: str) -> None:
    if len(marker.args) > len(positional):
        extra: Any = marker.args[len(positional)]
        raise pytest.UsageError(
            f"@pytest.mark.{marker.name} got {extra!r}, which no argument takes; write {example}"
        )
    for name in marker.kwargs:
        if name not in known:
            hint = nearest(name, known) or f"the arguments are {', '.join(known)}"
            raise pytest.UsageError(f"@pytest.mark.{marker.name} has no argument {name!r}; {hint}")
