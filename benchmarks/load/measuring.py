"""In which order is what measured? Naive and optimized, without the guard and with it, in turns."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from . import statements
from .phases import Order, Outcome, run
from .scenario import LARGEST_PAGE, widened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .scenario import Endpoint
    from .server import Server

Variant = tuple[str, str]
"""A side, and whether the guard is `on` or `off`."""

Sides = dict[str, list[Outcome]]
"""The rounds of each side."""

SIDES = ("naive", "optimized")
LISTS, BOTH, WIDE = "lists of 20", "lists of 20 and single rows", f"lists of {LARGEST_PAGE} and single rows"
"""What a crowd asks for."""
VARIANTS: tuple[Variant, ...] = (("naive", "off"), ("optimized", "off"), ("optimized", "on"), ("naive", "on"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured.

    Attributes:
        size: The seeded database's.
        users: Users at a time who do not think.
        rounds: Rounds of them; in each, every variant has its turn.
        seconds: How long each turn is measured.
        alone_rounds: Rounds with one user at a time.
        alone_seconds: How long each of those turns is measured.
        patient_users: Users at a time who think.
        thinking_seconds: How long they think after an answer: at least, at most.
        patient_seconds: How long they are measured.
        warm_up_seconds: How long nothing is measured at the beginning of a turn.
        seed: Decides who asks for what.
    """

    size: str
    users: int
    rounds: int
    seconds: float
    alone_rounds: int
    alone_seconds: float
    patient_users: int
    thinking_seconds: tuple[float, float]
    patient_seconds: float
    warm_up_seconds: float
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """All that was measured.

    Attributes:
        endpoints: What was asked for.
        counts: The statements of each endpoint, by side.
        wide_counts: Those of the optimized lists with the largest page.
        alone: The rounds with one user at a time, by side, without the guard.
        crowd: The rounds with many users, by side and guard.
        list_crowd: The same users, who ask for lists only, by side, without the guard.
        wide_crowd: The same users with the largest pages, by side, without the guard.
        patient: The many who think, on the optimized side with the guard.
    """

    endpoints: list[Endpoint]
    counts: dict[str, dict[str, statements.Counts]]
    wide_counts: dict[str, statements.Counts]
    alone: Sides
    crowd: dict[Variant, list[Outcome]]
    list_crowd: Sides
    wide_crowd: Sides
    patient: Outcome

    @property
    def crowds(self) -> dict[str, Sides]:
        """The many users by what they ask for, without the guard."""
        return {
            LISTS: self.list_crowd,
            BOTH: {side: self.crowd[side, "off"] for side in SIDES},
            WIDE: self.wide_crowd,
        }


def to_and_fro(variants: Sequence[Variant], rounds: int) -> Iterator[Variant]:
    """Each variant once a round, every second round backwards: a machine that slows down slows down all."""
    for number in range(rounds):
        yield from variants[:: -1 if number % 2 else 1]


def count_all(address: str, endpoints: list[Endpoint]) -> tuple[dict[str, dict[str, statements.Counts]], dict]:
    """The statements of both sides, and those of the optimized lists with the largest page."""
    counts = {
        side: {endpoint.name: statements.count(address, side, endpoint) for endpoint in endpoints}
        for side in SIDES
    }
    wide = {
        endpoint.name: statements.count(address, "optimized", endpoint)
        for endpoint in widened(endpoints, LARGEST_PAGE)
        if endpoint.kind == "list"
    }
    return counts, wide


@dataclass(frozen=True, slots=True)
class Turns:
    """Gives everybody their turns.

    Attributes:
        plan: How long, how many.
        endpoints: What is asked for.
        servers: The site without the guard (`off`) and with it (`on`).
        tell: Is told what begins.
    """

    plan: Plan
    endpoints: list[Endpoint]
    servers: dict[str, Server]
    tell: Callable[[str], None]

    def alone(self) -> Sides:
        """One user at a time: what an answer takes when nobody waits for anybody."""
        return self._sides_in_turns(self.plan.alone_rounds, users=1, seconds=self.plan.alone_seconds)

    def crowd(self) -> dict[Variant, list[Outcome]]:
        """Many users who do not think."""
        return self._in_turns(VARIANTS, self.plan.rounds, users=self.plan.users, seconds=self.plan.seconds)

    def list_crowd(self) -> Sides:
        """The same users, who wait for nothing but lists."""
        lists = replace(self, endpoints=[endpoint for endpoint in self.endpoints if endpoint.kind == "list"])
        return lists._sides_in_turns(self.plan.rounds, users=self.plan.users, seconds=self.plan.seconds)

    def wide_crowd(self) -> Sides:
        """The same users, who ask for lists of as many rows as they get."""
        wide = replace(self, endpoints=widened(self.endpoints, LARGEST_PAGE))
        return wide._sides_in_turns(self.plan.rounds, users=self.plan.users, seconds=self.plan.seconds)

    def patient(self) -> Outcome:
        """Very many users who think. They come as slowly as they will ask."""
        return self._turn(
            "optimized",
            "on",
            users=self.plan.patient_users,
            seconds=self.plan.patient_seconds,
            spawning_seconds=max(sum(self.plan.thinking_seconds) / 2, 0.5),
            thinking_seconds=self.plan.thinking_seconds,
        )

    def _sides_in_turns(self, rounds: int, *, users: int, seconds: float) -> Sides:
        turns = self._in_turns([(side, "off") for side in SIDES], rounds, users=users, seconds=seconds)
        return {side: outcomes for (side, _guard), outcomes in turns.items()}

    def _in_turns(
        self, variants: Sequence[Variant], rounds: int, *, users: int, seconds: float
    ) -> dict[Variant, list[Outcome]]:
        outcomes: dict[Variant, list[Outcome]] = defaultdict(list)
        for side, guard in to_and_fro(variants, rounds):
            outcomes[side, guard].append(self._turn(side, guard, users=users, seconds=seconds))
        return outcomes

    def _turn(
        self,
        side: str,
        guard: str,
        *,
        users: int,
        seconds: float,
        spawning_seconds: float = 0.5,
        thinking_seconds: tuple[float, float] = (0, 0),
    ) -> Outcome:
        self.tell(f"{users:,} {'user' if users == 1 else 'users'} on {side}, the guard {guard} …")
        server = self.servers[guard]
        return run(
            Order(
                address=server.address,
                process=server.process,
                side=side,
                endpoints=self.endpoints,
                users=users,
                thinking_seconds=thinking_seconds,
                spawning_seconds=spawning_seconds,
                warm_up_seconds=self.plan.warm_up_seconds,
                seconds=seconds,
                seed=self.plan.seed,
            )
        )
