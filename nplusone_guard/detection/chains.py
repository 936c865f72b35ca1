"""Which loop loaded the rows that this one starts from? `message.sender.profile` is two loops, and one path."""

from __future__ import annotations

from collections.abc import Sequence

from ..attribution.model import Relation
from ..lineage import Step
from ..loops import Loop
from .written_paths import written_steps

__all__ = ["TO_MANY", "loop_above", "own_step", "path_to", "steps_below"]

_LONGEST = 6  # relations in one path; longer ones are recursion
_SHARED = 2  # rows that one loop loaded and the other one started from
TO_MANY: frozenset[Relation] = frozenset({"reverse_many", "many_to_many", "generic_many"})
_FOLLOWED: frozenset[Relation] = frozenset({"forward", "reverse_one", "generic", *TO_MANY})


def own_step(loop: Loop) -> Step:
    """The relation that `loop` follows."""
    relation = loop.attribution.relation
    return Step(loop.attribution.name, relation in TO_MANY, generic=relation == "generic")


def path_to(loop: Loop, loops: Sequence[Loop]) -> tuple[Step, ...]:
    """The relations from the parent rows to what `loop` loads: `sender`, `profile`."""
    if loop.steps is not None:
        return (*loop.steps, own_step(loop))
    path = [own_step(loop)]
    seen = {id(loop)}
    current = loop
    while len(path) < _LONGEST:
        above = loop_above(current, loops)
        if above is None:
            path[:0] = written_steps(current)
        if above is None or id(above) in seen or above.attribution.relation not in _FOLLOWED:
            break
        seen.add(id(above))
        path.insert(0, own_step(above))
        current = above
    return tuple(path)


def steps_below(loop: Loop, chain: Sequence[Loop], loops: Sequence[Loop]) -> tuple[Step, ...]:
    """The longest way from the rows that the look-up `loop` finds, through the loops of its chain."""
    ways = [path_to(one, loops) for one in chain if one is not loop and one.attribution.relation in _FOLLOWED]
    return max(ways, key=len, default=())


def loop_above(loop: Loop, loops: Sequence[Loop]) -> Loop | None:
    """The loop that loaded the rows `loop` started from; `None` where no loop did."""
    if len(loops) == 1 and loops[0] is loop:
        return None
    return _by_lineage(loop, loops) or _by_rows(loop, loops) or _by_nesting(loop, loops)


def _by_lineage(loop: Loop, loops: Sequence[Loop]) -> Loop | None:
    """Where the rows know the query they came out of: the loop of the last lazy relation on their way."""
    lazy = [index for index, step in enumerate(loop.steps or ()) if not step.eager]
    if not lazy:
        return None
    steps = loop.steps or ()
    before, step = steps[: lazy[-1]], steps[lazy[-1]]
    for other in loops:
        if other is loop or other.steps != before or other.attribution.name != step.name:
            continue
        if not other.heads.keys().isdisjoint(loop.heads):
            return other
    return None


def _by_nesting(loop: Loop, loops: Sequence[Loop]) -> Loop | None:
    """The loop of the relation to many, between the rows and `loop`, that the source writes."""
    steps = () if loop.steps is not None else written_steps(loop)
    if not steps or not steps[-1].to_many:
        return None
    candidates = (one for one in loops if one is not loop and one.attribution.relation in TO_MANY)
    return next(
        (
            one
            for one in candidates
            if one.attribution.name == steps[-1].name and one.attribution.target == loop.attribution.model
        ),
        None,
    )


def _by_rows(loop: Loop, loops: Sequence[Loop]) -> Loop | None:
    """Where they do not: the loop that loaded most of these very rows."""
    shared = [(len(loop.parents & other.targets), other) for other in loops if other is not loop]
    count, best = max(shared, key=lambda pair: pair[0], default=(0, None))
    return best if count >= min(_SHARED, len(loop.parents) or _SHARED) else None
