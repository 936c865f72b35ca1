"""Which query did an instance come out of? A `Load`, carried by the instance's own database alias.

Django hands the alias a query ran on to every instance the query makes, `select_related()` ones included, and
keeps it in `_state.db`. In the deep depth (`nplusone_guard.deep`) that alias is a `LoadedAlias`: the same text,
which also knows the query. So an instance costs nothing, and no instance is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import CodeType, MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from .codelines import Line, Site, line_at

if TYPE_CHECKING:
    from django.db.models import Model

__all__ = [
    "Begun",
    "Followed",
    "Load",
    "LoadedAlias",
    "Step",
    "Unpickled",
    "Written",
    "has_loaded_alias",
    "load_of",
    "steps_to",
]

_MOST_STEPS = 8  # relations from the head to a row; longer ways are recursion
_DEEPEST_EAGER = 5  # levels of select_related() that are searched


class Step(NamedTuple):
    """One relation on the way from the head's rows to other rows.

    Attributes:
        name: The relation's name.
        to_many: Whether it leads to many rows, so that no join may follow it.
        eager: Whether the project asked for it (`prefetch_related`), rather than a lazy access.
        generic: Whether it leads to rows of any model.
    """

    name: str
    to_many: bool
    eager: bool = False
    generic: bool = False


class Written:
    """Where a query was written. Its line is worked out when it is asked for: most are no part of any finding.

    Querysets are pickled into caches, and this as a plain tuple: who reads it there may do so without the guard.
    """

    __slots__ = ("code", "offset")

    def __init__(self, code: CodeType, offset: int) -> None:
        self.code = code
        self.offset = offset

    @property
    def line(self) -> Line:
        """That line."""
        return line_at(self.code, self.offset)

    def __reduce__(self) -> tuple[type[Unpickled], tuple[Unpickled]]:
        line = self.line
        return tuple, ((line.filename, line.lineno, line.function),)


Unpickled = tuple[str, int, str]
"""What a `Written` is after that: the attributes of its line."""


class Load:
    """One query that loaded rows. Plain values: no row, no query and no frame can be reached from here.

    Attributes:
        model: The class of its rows.
        written: Where that is, if a line of the project wrote it.
        many: Whether it was able to return many rows.
        evaluated: Where it was evaluated, if it is not known where it was written.
        eager: What `select_related()` asked for, as Django keeps it.
        top: The load that the way to these rows began with, where relations were followed.
        steps: The relations from the head's rows to these rows, the first ones of a long way; none for the head.
        ways: The sites outward from the evaluation of each list on that way, in scopes that are `latent`.
        followed: By what follows a relation to one row, the alias of those it leads to from any of these rows:
            they are taken for rows of one query.
    """

    # One is made for each query, and of most queries nothing more is known: that is left to the class.
    evaluated: Written | None = None
    eager: Mapping[str, Any] | None = None
    top: Load | None = None
    steps: tuple[Step, ...] = ()
    ways: tuple[tuple[Site, ...], ...] = ()
    followed: Mapping[object, LoadedAlias] = MappingProxyType({})

    def __init__(self, model: type[Model], written: Written | Unpickled | None, many: bool) -> None:
        self.model = model
        self.written = written
        self.many = many

    @property
    def line(self) -> Line | None:
        """The line of the project that wrote it, `None` if no line of the project did."""
        written = self.written
        if written is None:
            return None
        return Line(*written) if isinstance(written, tuple) else written.line

    @property
    def head(self) -> Load:
        """The load at the beginning: the list that the code goes through, where the fix belongs."""
        return self.top or self

    def put_below(self, above: Load, step: Step | None) -> None:
        """Let it be the load that follows `step` from a row of `above`; nothing if there is no such relation."""
        if step is not None:
            self.top, self.steps = above.head, (*above.steps, step)[:_MOST_STEPS]
            self.ways = (*above.ways, *self.ways)[:_MOST_STEPS]

    def follow(self, relation: object, alias: LoadedAlias) -> None:
        """Let `alias` be that of the rows that `relation` leads to from any of these."""
        self.followed = {**self.followed, relation: alias}

    def is_on_the_way_to(self, other: Load) -> bool:
        """Whether the rows of `other` are these, or were reached from these."""
        return self.head is other.head and self.steps == other.steps[: len(self.steps)]


class LoadedAlias(str):
    """A database alias that knows the query that ran on it.

    It equals the plain alias and is copied and pickled as one.

    Attributes:
        load: That query, `None` until its statement has run.
    """

    __slots__ = ("load",)
    load: Load | None

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str.__str__(self),)


Followed = tuple[bool, object]
"""Whether a query follows a relation of an instance, and what follows it to one row: its descriptor."""

Begun = tuple[LoadedAlias, Any, CodeType, Followed | None]
"""What is evaluated and has not run its statement yet: the alias of the rows, the queryset, what iterates; and
what it follows, where the alias knows its query already."""


def load_of(instance: Any) -> Load | None:
    """The query that `instance` came out of, where that is known."""
    try:
        alias = instance._state.db
    except AttributeError:
        return None
    return alias.load if type(alias) is LoadedAlias else None


def has_loaded_alias(queryset: Any) -> bool:
    """Whether the router has handed on to `queryset` the alias of an instance: the one a related manager is of."""
    return type(queryset._db) is LoadedAlias


def steps_to(model: type[Model], load: Load) -> tuple[Step, ...] | None:
    """The relations from the rows of `load`'s head to a row of `model` that `load` brought.

    `None` when `load` brought no such row as far as can be told.
    """
    if _is_same(model, load.model):
        return load.steps
    joined = _joined(load.model, load.eager, model) if load.eager else None
    return None if joined is None else (*load.steps, *joined)


def _joined(start: Any, eager: Mapping[str, Any], model: type[Model], depth: int = 0) -> tuple[Step, ...] | None:
    """The way through `select_related()`'s names from `start` to `model`, the shortest first."""
    nested = []
    for name, below in eager.items():
        related = _related_model(start, name)
        if related is None:
            continue
        if _is_same(model, related):
            return (Step(name, to_many=False, eager=True),)
        nested.append((name, related, below))
    for name, related, below in nested if depth < _DEEPEST_EAGER else ():
        found = _joined(related, below, model, depth + 1)
        if found is not None:
            return (Step(name, to_many=False, eager=True), *found)
    return None


def _related_model(model: Any, name: str) -> Any:
    for field in model._meta.get_fields():
        if field.is_relation and field.name == name:
            return field.related_model
    return None


def _is_same(one: Any, other: Any) -> bool:
    return one._meta.concrete_model is other._meta.concrete_model
