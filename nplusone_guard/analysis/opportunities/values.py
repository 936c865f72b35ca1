"""What the analysis of the code says: an `Opportunity` for each relation that a response loads row by row."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from ...attribution.declared import Declared
from ...attribution.model import Attribution
from ...codelines import Line
from ...findings import Place
from ...lineage import Step

__all__ = ["CONFIDENCES", "Confidence", "Opportunity", "Read", "UselessLoad", "answering"]

Confidence = Literal["certain", "likely", "possible"]
CONFIDENCES: tuple[Confidence, ...] = ("certain", "likely", "possible")
"""From the surest. Certain: what is declared reads it of each row. Likely: a method that runs for each row does.
Possible: such a method does under a condition."""


@dataclass(frozen=True, slots=True)
class Read:
    """One relation that is read of a row.

    Attributes:
        steps: The relations from the rows of the response to it, this one included.
        attribution: What is asked for, as if a statement had asked for it.
        place: Where.
        confidence: How sure it is.
        back: Whether Django knows the answer, as the relation leads back to where its row was reached from.
    """

    steps: tuple[Step, ...]
    attribution: Attribution
    place: Declared | Line
    confidence: Confidence
    back: bool = False

    @property
    def path(self) -> tuple[str, ...]:
        """The names of its steps."""
        return tuple(step.name for step in self.steps)


@dataclass(frozen=True, slots=True)
class Opportunity:
    """A relation that a view's response reads of each row, and its queryset does not load.

    Attributes:
        view: The dotted name of the view or admin class.
        route: Its URL pattern, as a resolver match has it.
        action: Its action: `list`, `retrieve`, `get`, the name of an extra action; `changelist` of an admin class;
            `""` of a function.
        label: The first relation that is missing, as findings name it: `library.Book.author`.
        through: The labels of what the same place reads further on from there.
        path: The whole path from the rows, as a queryset spells it: `question__assignment`.
        place: The serializer field, line or admin column that reads it.
        suggestion: The fix as code, for the view's queryset.
        confidence: `certain`, `likely` or `possible`.
        together: The fixes of all that the view lacks, as one change of its queryset; not what is
            only possible.
        confirmed: Whether a log that was given has a finding about it.
    """

    view: str
    route: str
    action: str
    label: str
    through: tuple[str, ...]
    path: str
    place: Place
    suggestion: str
    confidence: Confidence
    together: str = ""
    confirmed: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The opportunity as JSON-ready values."""
        return {**asdict(self), "through": list(self.through)}

    def __str__(self) -> str:
        title = " → ".join((self.label, *(label.rpartition(".")[2] for label in self.through)))
        where = answering(self.view.rpartition(".")[2], self.action)
        return f"{title} in {where}, read at {self.place}; fix: {self.suggestion}"


@dataclass(frozen=True, slots=True)
class UselessLoad:
    """A relation that a view's queryset loads, and its response never reads.

    Attributes:
        view: The dotted name of the view.
        route: Its URL pattern.
        action: Its action.
        path: The relation, as `select_related()` or `prefetch_related()` names it there.
    """

    view: str
    route: str
    action: str
    path: str


def answering(view: str, action: str) -> str:
    """What answers, in words: the view and its action, or a view that is a function."""
    return f"{view}.{action}" if action else view
