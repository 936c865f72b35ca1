"""What the guard has to say: a `Finding` for each problem, a `Report` for each scope.

Plain values only: no frame, no model instance and no parameter can be reached from here, so a report may be
kept, pickled, logged and sent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, Literal, NamedTuple

__all__ = [
    "SCHEMA_VERSION",
    "Finding",
    "Kind",
    "NPlusOneError",
    "Place",
    "Report",
    "Severity",
    "ShapeCount",
    "Summary",
    "finding_id",
]

SCHEMA_VERSION = 1
"""Raised when a field of `Finding.to_dict` changes its meaning or goes; new fields do not raise it."""

Kind = Literal["n_plus_one", "duplicate_query", "write_in_loop", "latent_n_plus_one", "unused_eager_load"]
Severity = Literal["info", "warning", "error"]

_ID_DIGITS = 12  # 48 bits: two of 10,000 findings share an id with a chance of 2 in 10 million


@dataclass(frozen=True, slots=True)
class Place:
    """A line of somebody's code, or what is declared on it.

    Attributes:
        path: The file, relative to the project where it lies inside it, with `/` on every system.
        line: The line, counted from 1.
        function: The qualified name of the function around it, `""` in a template.
        source: The line itself, stripped, or `""` where the source is not at hand.
        name: What a developer calls what is declared there: `OrderSerializer.customer_name
            (source="customer.name")`, `OrderAdmin.list_display["customer"]`, `{{ order.customer }}`.
        loop: The loop around it, and where that is: `{% for order in orders %}, line 12`.
    """

    path: str
    line: int
    function: str = ""
    source: str = ""
    name: str = ""
    loop: str = ""

    def inside(self, loop: str) -> Place:
        """The same, with the loop around it."""
        return Place(self.path, self.line, self.function, self.source, self.name, loop)

    def to_dict(self) -> dict[str, Any]:
        """The place as JSON-ready values."""
        return dict(zip(Place.__slots__, _place_values(self), strict=True))

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


_place_values = attrgetter(*Place.__slots__)


@dataclass(frozen=True, slots=True)
class ShapeCount:
    """How often one shape ran in a scope.

    Attributes:
        id: The shape's stable id, see `nplusone_guard.fingerprint`.
        sql: The normalized statement, without any value, cut to the setting `SQL_LENGTH`.
        count: How many statements had this shape.
        db_time_ms: How long they took together, in milliseconds.
        place: The first line of the project that ran it, where the scope records that (tests, `watch`).
    """

    id: str
    sql: str
    count: int
    db_time_ms: float
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem, with the place that causes it and the way out.

    Attributes:
        id: Twelve hexadecimal digits, equal on every run and host and after lines have moved. Equal ids mean
            the same fix.
        kind: `n_plus_one`, `duplicate_query` or `write_in_loop`; of a run of tests also `latent_n_plus_one` and
            `unused_eager_load`.
        severity: `info`, `warning` or `error`; see `nplusone_guard.detection.severity`.
        label: What is repeated, as people say it: `library.Book.author`, `library.Book.objects.get()`, or
            `SELECT library_book` for SQL that no model stands behind.
        through: The labels of what is loaded further on from there by the same code, and ends with the same fix:
            `accounts.User.profile` behind `chat.Message.sender`.
        culprit: The line or declaration that issues the repeated statement, `None` if nothing of the project is on
            the way.
        origin: The line that loaded the parent rows, where the fix goes; `None` when it is not known.
        count: How many statements the loop ran.
        distinct_parameters: How many different sets of parameters they had. In light scopes an estimate from those
            statements that were looked at.
        db_time_ms: What they cost in the database, in milliseconds. In light scopes the statements of a known loop
            are counted but not timed: each is taken to be as fast as those that were looked at.
        wasted_ms: What one statement in their place would have saved, in milliseconds.
        shape_id: The id of the repeated shape.
        sql: The repeated statement, normalized: no value of the application is in it.
        suggestion: The fix as code.
        alias: The database alias the statements ran on.
        vendor: That database's vendor as Django spells it: `postgresql`, `sqlite`, `mysql`.
        via: What is declared around a culprit that is a line: the serializer field of a method, the template tag
            that reads a property; `None` if nothing is.
    """

    id: str
    kind: Kind
    severity: Severity
    label: str
    culprit: Place | None
    origin: Place | None
    count: int
    distinct_parameters: int
    db_time_ms: float
    wasted_ms: float
    shape_id: str
    sql: str
    suggestion: str
    alias: str = "default"
    vendor: str = ""
    via: Place | None = None
    through: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The label, and what is loaded through it: `chat.Message.sender → student_profile`."""
        return " → ".join((self.label, *(label.rpartition(".")[2] for label in self.through)))

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON-ready values, with the version of this schema."""
        # Not by `asdict()`, which copies each value deeply: half of what a finding costs a request.
        values = dict(zip(Finding.__slots__, _finding_values(self), strict=True))
        for name in ("culprit", "origin", "via"):
            if values[name] is not None:
                values[name] = values[name].to_dict()
        return {"schema_version": SCHEMA_VERSION, **values, "through": list(self.through)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Finding:
        """The finding that `to_dict` made `values` of; fields of a later version are left out."""
        given = {name: values[name] for name in cls.__slots__ if name in values}
        for name in ("culprit", "origin", "via"):
            if given.get(name) is not None:
                given[name] = Place(**{key: given[name][key] for key in Place.__slots__ if key in given[name]})
        return cls(**{**given, "through": tuple(given.get("through", ()))})

    def __str__(self) -> str:
        where = f" at {self.culprit}" if self.culprit else ""
        return f"{self.kind}: {self.title} × {self.count}{where}; fix: {self.suggestion}"


_finding_values = attrgetter(*Finding.__slots__)


class Summary(NamedTuple):
    """What one scope saw, at one moment.

    A tuple, as each request makes one: a frozen dataclass takes three times as long to make.

    Attributes:
        findings: The problems, worst first, those of nested scopes included.
        statements: How many statements ran, in nested scopes too.
        db_time_ms: How long they took together, in milliseconds.
        shapes: The statements by shape, the most frequent first.
        truncated: Whether a bound was reached. `statements` and `db_time_ms` stay exact; rare shapes may be
            missing from `shapes`.
        scope_kind: `request`, `task`, `test` or `block`.
        scope_name: What the scope was called: the request's path, the test's id.
    """

    findings: tuple[Finding, ...] = ()
    statements: int = 0
    db_time_ms: float = 0.0
    shapes: tuple[ShapeCount, ...] = ()
    truncated: bool = False
    scope_kind: str = "block"
    scope_name: str = ""


class Report:
    """What a scope saw: up to now while it is open, in the end once it is closed.

    Args:
        read: Gives the summary of this moment.
    """

    __slots__ = ("_count_shapes", "_final", "_read")

    def __init__(self, read: Callable[[], Summary]) -> None:
        self._read = read
        self._final: Summary | None = None
        self._count_shapes: Callable[[], tuple[ShapeCount, ...]] | None = None

    @property
    def summary(self) -> Summary:
        """Everything at once, as plain values of one moment."""
        if self._final is not None and self._count_shapes is not None:
            self._final, self._count_shapes = self._final._replace(shapes=self._count_shapes()), None
        return self._without_shapes

    @property
    def _without_shapes(self) -> Summary:
        """The same, where nobody asks for the shapes: they may be missing."""
        return self._read() if self._final is None else self._final

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The problems, worst first, those of nested scopes included."""
        return self._without_shapes.findings

    @property
    def statements(self) -> int:
        """How many statements ran, in nested scopes too."""
        return self._without_shapes.statements

    @property
    def db_time_ms(self) -> float:
        """How long they took together, in milliseconds."""
        return self._without_shapes.db_time_ms

    @property
    def shapes(self) -> tuple[ShapeCount, ...]:
        """The statements by shape, the most frequent first."""
        return self.summary.shapes

    @property
    def truncated(self) -> bool:
        """Whether a bound was reached: `statements` and `db_time_ms` stay exact, `shapes` may miss rare ones."""
        return self._without_shapes.truncated

    @property
    def scope_kind(self) -> str:
        """`request`, `task`, `test` or `block`."""
        return self._without_shapes.scope_kind

    @property
    def scope_name(self) -> str:
        """What the scope was called."""
        return self._without_shapes.scope_name

    def finish(self, final: Summary, count_shapes: Callable[[], tuple[ShapeCount, ...]] | None = None) -> None:
        """The scope is closed.

        Args:
            final: What it saw.
            count_shapes: Gives the shapes that `final` is without, once they are asked for: few people ask.
        """
        self._final, self._count_shapes = final, count_shapes

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready values."""
        summary = self.summary
        return {
            "schema_version": SCHEMA_VERSION,
            **summary._asdict(),
            "findings": [finding.to_dict() for finding in summary.findings],
            "shapes": [asdict(shape) for shape in summary.shapes],
        }

    def __repr__(self) -> str:
        return f"<Report: {len(self.findings)} findings, {self.statements} statements, {self.db_time_ms} ms>"


class NPlusOneError(Exception):
    """Raised at the statement that makes a finding, when the setting `RAISE` asks for it.

    Attributes:
        finding: The finding, as it stood then.
    """

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding)
        self.finding = finding

    def __str__(self) -> str:
        return f"{self.finding}\n  {self.finding.sql}"


@lru_cache(maxsize=1_000)
def finding_id(kind: str, label: str, path: str, function: str, sql: str) -> str:
    """The id of the finding of `kind` about `label`, issued in `function` (or declaration) of the file `path`.

    The line is left out, so that code may move. The statement counts only when no line is known: a relation
    read twice in one function, once with another column deferred, wants one fix.
    """
    parts = (kind, label, path, function) if path else (kind, label, sql)
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=_ID_DIGITS // 2).hexdigest()
