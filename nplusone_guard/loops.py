"""What is known of the statements of one shape: how often they ran, in which loops, and when to look again.

The parts of a `nplusone_guard.scope.Scope`, which alone fills them, and bounds how many there are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import CodeType
from typing import TYPE_CHECKING

from .callpath import CallPath, site_on
from .codelines import Line, Site, line_at
from .fingerprint import Shape
from .lineage import Load, Step

if TYPE_CHECKING:
    from .attribution.declared import Declared
    from .attribution.model import Attribution
    from .attribution.views import View

__all__ = ["First", "Loop", "Repetition", "Settled", "ShapeStats"]


@dataclass(slots=True, eq=False)
class Loop:
    """The statements of one shape that came along one call path.

    Attributes:
        shape: Their shape.
        alias: The database alias they ran on.
        vendor: That database's vendor.
        culprit: Where they are issued: the nearest line of the project, or declaration, on the path.
        attribution: What the ORM was asked for.
        sites: The sites on the path that tell whose loop it is, innermost first.
        batch_slots: The positions of the parameters inside `IN` and `VALUES` lists.
        steps: The relations from the rows of the head to the parents, `None` when they are not known.
        paged: Whether each statement takes a slice of many rows.
        count: How many they were.
        db_time: How long they took together, in seconds.
        looked_at: For how many of them the stack was looked at.
        hashed: For how many of them the parameters were hashed.
        parameters: Hashes of their different sets of parameters.
        parents: Hashes of the instances whose relation was loaded, where there are any.
        targets: Hashes of the rows those relations point to, to recognize them as the parents of another loop.
        fixed_parameters: Hashes of what stays the same when a result is taken in chunks or pages: the parameters
            outside of lists, the values compared for equality.
        heads: The queries that the parents came out of in the end, and how many different parents of each.
        decided: Whether somebody was told already, while the scope was open.
        via: What is declared around a line that is the culprit.
        view: The view that was running.
        written: What `detection.written_paths` has read in the source, once it was asked.
        rows_loop: The loop over rows whose every turn runs one of them, in scopes that look for latent N+1s.
    """

    shape: Shape
    alias: str
    vendor: str
    attribution: Attribution
    culprit: Line | Declared | None = None
    sites: tuple[Site, ...] = ()
    batch_slots: frozenset[int] = frozenset()
    steps: tuple[Step, ...] | None = None
    paged: bool = False
    count: int = 0
    db_time: float = 0.0
    looked_at: int = 0
    hashed: int = 0
    parameters: set[int] = field(default_factory=set)
    parents: set[int] = field(default_factory=set)
    targets: set[int] = field(default_factory=set)
    fixed_parameters: set[int] = field(default_factory=set)
    heads: dict[Load, int] = field(default_factory=dict)
    decided: bool = False
    via: Declared | None = None
    view: View | None = None
    written: tuple[Step, ...] | None = None
    rows_loop: Line | None = None


class Repetition:
    """What is known of a shape since it ran again: its loops, and when to look at the stack next."""

    __slots__ = ("current", "decided", "gap", "looks_in_a_row", "loops", "unlooked")

    def __init__(self) -> None:
        self.loops: dict[int, Loop] = {}
        """By call path, see `nplusone_guard.callpath.path_of`."""
        self.decided: dict[tuple[int, object], Loop] = {}
        """Those that need no more looks, by call path and descriptor, where both are known of each statement."""
        self.current: Loop | None = None
        """The loop that was seen last, for the statements that are not looked at."""
        self.looks_in_a_row = 0
        """How many looks in a row showed that loop."""
        self.unlooked = 0
        """How many more statements are taken to follow the current loop before the stack is looked at again."""
        self.gap = 0
        """How many were, the last time."""


class Settled:
    """A statement's text whose loop is known: how many more of it need not be looked at.

    It is what a repeated statement costs in production: one number less. They are not timed either, but taken to
    be as fast as those that are looked at.

    Args:
        stats: What is known of their shape.
        loop: The loop they are taken for.
        left: How many statements need not be looked at.
        asking: The line of the project that has to ask for them, and how many frames of a stack it is away from
            `nplusone_guard.capture.capture`; `None` where that is not checked. A frame without the frame.
    """

    __slots__ = ("code", "counted", "depth", "left", "loop", "offset", "stats")

    def __init__(self, stats: ShapeStats, loop: Loop, left: int, asking: tuple[int, Site] | None) -> None:
        self.stats = stats
        self.loop = loop
        self.left = left
        self.counted = left
        """How many were left when those that came were counted."""
        depth, (code, offset) = asking or (0, (None, 0))
        self.depth: int = depth
        self.code: CodeType | None = code
        self.offset: int = offset

    def take(self) -> int:
        """How many came since the last time."""
        came = self.counted - self.left
        self.counted = self.left
        return came


# Tuples without names: to make one with names costs ten look-ups.
Unlooked = tuple[str, int]
"""A statement whose path is known, and of which nobody looked what it asked for: its database alias, and a hash of
its parameters."""

First = tuple[float, CallPath, Site | None, Unlooked | None]
"""A shape's only statement, in a scope that looks at each: its seconds, the `came`, `site` and `unlooked_first` of
its `ShapeStats`."""


class ShapeStats:
    """How often one shape ran in a scope. Most run once, so this holds little until one runs again."""

    __slots__ = ("by_alias", "came", "count", "db_time", "first", "path", "repetition", "site", "unlooked_first")

    def __init__(self, first: float) -> None:
        self.count = 0
        self.db_time = 0.0
        self.first: float | None = first
        """Seconds of the first statement, whose stack was not looked at."""
        self.unlooked_first: Unlooked | None = None
        """More of it, where the scope knows every call path, until that path comes again."""
        self.came: CallPath | None = None
        """The call path that it came along first, where the scope looks at every statement."""
        self.site: Site | None = None
        """Where in the project it ran first, if that is not on this path."""
        self.path: CallPath | None = None
        """The last call path that it was seen to come along."""
        self.by_alias: dict[str, int] | None = None
        """How often it ran on each database alias, where that has to be counted: see `Scope.by_alias_of`."""
        self.repetition: Repetition | None = None

    @property
    def line(self) -> Line | None:
        """Where in the project it ran first: for most shapes nobody asks."""
        site = site_on(self.came) if self.site is None and self.came is not None else self.site
        return None if site is None else line_at(*site)
