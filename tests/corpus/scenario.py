"""What a scenario is: a small function that runs against real rows, and the right verdict on it.

    @problem("store.Order.customer", 'select_related("customer")', why="the customer of each order is one query")
    def customer_of_each_order():
        return [order.customer.name for order in Order.objects.all()]  # origin culprit

    @fixed(customer_of_each_order)
    def customer_of_each_order_joined():
        return [order.customer.name for order in Order.objects.select_related("customer")]

The comment `# culprit` is on the line to name, `# origin` on the line that loaded the parent rows. Where the place
to open is outside of the scenario's function (a property, a template, a serializer's field), the comment there
names the scenario: `# culprit customer_of_each_order`, in templates `{# culprit … #}`. More than one line may be
marked where more than one is right, and a comment of its own marks the line below it.

A scenario gets what it has parameters for: `store`, the keys that an import file or a request's body would have;
`client`, to make requests (of the superuser, the store is a site of its own); `aclient` for asynchronous ones. One
without a client runs inside one request, in a view.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from nplusone_guard.findings import Kind

__all__ = ["FOLDER", "SCENARIOS", "Scenario", "clean", "fixed", "problem", "texts"]

FOLDER = Path(__file__).parent
_MARK = re.compile(r"(?:#|\{#)(?P<words>[^#]*)(?:#\})?\s*$")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A function and the right verdict on it.

    Attributes:
        function: What runs.
        why: The reason for the verdict.
        kind: The kind of its problem, `None` if it has none.
        labels: Labels of which each is right; the first is what is wanted.
        suggestion: Texts that the suggestion has, each given as alternatives parted by ` | `.
        through: The relations of a chain behind its head.
        also: Labels of further findings that are not wrong.
        grows: Whether a clean one's statements grow with the rows, though far slower: it loads in chunks.
        commits: Whether it needs rows that other connections see. It must write nothing.
        skip: Why it cannot run here, `""` if it can.
        twin_of: The problems that this is the fixed form of.
    """

    function: Callable[..., Any]
    why: str
    kind: Kind | None = None
    labels: tuple[str, ...] = ()
    suggestion: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    grows: bool = False
    commits: bool = False
    skip: str = ""
    twin_of: tuple[Callable[..., Any], ...] = field(default=())

    @property
    def name(self) -> str:
        """The function's name."""
        return self.function.__name__

    @property
    def theme(self) -> str:
        """The module it is in."""
        return self.function.__module__.rpartition(".")[2]

    @property
    def is_async(self) -> bool:
        """Whether it is a coroutine function."""
        return inspect.iscoroutinefunction(self.function)

    @property
    def parameters(self) -> tuple[str, ...]:
        """What it wants to be given."""
        return tuple(inspect.signature(self.function).parameters)

    def culprits(self) -> frozenset[tuple[str, int]]:
        """The lines that are right as the culprit: path inside the corpus, line."""
        return _marked(self, "culprit")

    def origins(self) -> frozenset[tuple[str, int]]:
        """The lines that load the parent rows."""
        return _marked(self, "origin")


SCENARIOS: dict[str, Scenario] = {}
"""All of them by name, once `tests.corpus.scenarios` is imported."""


def problem(
    label: str | tuple[str, ...],
    suggestion: str | tuple[str, ...],
    *,
    why: str,
    kind: Kind = "n_plus_one",
    through: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
    commits: bool = False,
    skip: str = "",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The function has a problem of `kind`; see `Scenario` for the rest."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        return _register(
            Scenario(
                function,
                why,
                kind,
                texts(label),
                texts(suggestion),
                through=through,
                also=also,
                commits=commits,
                skip=skip,
            )
        )

    return decorate


def clean(
    *, why: str, grows: bool = False, commits: bool = False, skip: str = ""
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The function is fine, whatever it looks like."""
    return lambda function: _register(Scenario(function, why, grows=grows, commits=commits, skip=skip))


def fixed(
    *problems: Callable[..., Any], grows: bool = False, commits: bool = False, skip: str = "", why: str = ""
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The function does what `problems` do, without their problem."""
    why = why or f"the fixed twin of {', '.join(one.__name__ for one in problems)}"
    return lambda function: _register(
        Scenario(function, why, grows=grows, commits=commits, skip=skip, twin_of=problems)
    )


def texts(one_or_more: str | tuple[str, ...]) -> tuple[str, ...]:
    """Always a tuple."""
    return (one_or_more,) if isinstance(one_or_more, str) else one_or_more


def _register(scenario: Scenario) -> Callable[..., Any]:
    if scenario.name in SCENARIOS:
        raise ValueError(f"there are two scenarios named {scenario.name}")
    SCENARIOS[scenario.name] = scenario
    return scenario.function


# -- marks -----------------------------------------------------------------------------------------------------


def _marked(scenario: Scenario, word: str) -> frozenset[tuple[str, int]]:
    path = Path(inspect.getsourcefile(scenario.function) or "").relative_to(FOLDER).as_posix()
    lines, start = inspect.getsourcelines(scenario.function)
    own = {(path, start + index) for index, line in enumerate(lines) if _says(line, word, "")}
    return frozenset(own or _named_marks().get((word, scenario.name), ()))


def _says(line: str, word: str, name: str) -> bool:
    return (word, name) in _marks_of(line)


def _marks_of(line: str) -> set[tuple[str, str]]:
    """The marks at the end of `line`: `("culprit", "")`, or with the scenario's name."""
    match = _MARK.search(line)
    words = match["words"].split() if match else []
    if not words or words[0] not in ("culprit", "origin"):
        return set()
    names = [word for word in words if word not in ("culprit", "origin")]
    return {(word, name) for word in words if word in ("culprit", "origin") for name in names or [""]}


@cache
def _named_marks() -> dict[tuple[str, str], set[tuple[str, int]]]:
    """Where the marks that name a scenario are."""
    found: dict[tuple[str, str], set[tuple[str, int]]] = {}
    for path in sorted([*FOLDER.rglob("*.py"), *FOLDER.rglob("*.html")]):
        above: set[tuple[str, str]] = set()
        for number, line in enumerate(path.read_text().splitlines(), 1):
            marks = above | _marks_of(line)
            if line.lstrip().startswith("#"):
                above = marks
                continue
            above = set()
            for word, name in marks:
                if name:
                    found.setdefault((word, name), set()).add((path.relative_to(FOLDER).as_posix(), number))
    return found
