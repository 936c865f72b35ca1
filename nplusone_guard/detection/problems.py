"""Which loops are one problem? Those that one fix ends.

* One relation read in several places of the code, of rows from one query.
* One call of the ORM that runs several statements: `delete()` collects, then deletes.
* A chain: what `message.sender.profile` loads on each of its levels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..codelines import Line
from ..findings import Kind
from ..lineage import Load
from ..loops import Loop
from .chains import loop_above
from .evidence import came_one_by_one

__all__ = ["Problem", "main_head", "problems_in"]

_VALIDATING = frozenset({"full_clean", "validate_unique", "validate_constraints"})


@dataclass(slots=True)
class Problem:
    """Loops that one fix ends.

    Attributes:
        kind: What they are.
        loop: The one at the beginning, which names the problem.
        loops: All of them, that one first.
    """

    kind: Kind
    loop: Loop
    loops: list[Loop]


def problems_in(judged: Sequence[tuple[Loop, Kind]]) -> list[Problem]:
    """Put the loops that are findings together.

    Args:
        judged: The loops and what each is by itself, in the order they were first seen, latent ones last.
    """
    if len(judged) == 1:  # as most requests that have one at all
        ((loop, kind),) = judged
        problem = Problem(kind, loop, [loop])
        return [] if _is_of_no_list(problem) else [problem]
    problems = _with_validation(_by_fix(judged))
    candidates = [problem.loop for problem in problems]
    repeating = [problem.loop for problem in problems if problem.kind != "latent_n_plus_one"]
    owner = {id(loop): problem for problem in problems for loop in problem.loops}
    # What is written is written for its own sake, wherever the rows came from.
    above = {
        id(problem): None
        if problem.kind == "write_in_loop"
        else loop_above(problem.loop, candidates if problem.kind == "latent_n_plus_one" else repeating)
        for problem in problems
    }
    alone = []
    for problem in problems:
        if above[id(problem)] is None and _is_of_no_list(problem):
            continue
        beginning = _beginning(problem, above, owner)
        if beginning is problem:
            alone.append(problem)
        else:
            beginning.loops.extend(problem.loops)
    return alone


def _with_validation(problems: list[Problem]) -> list[Problem]:
    """Let what is checked of each object before it is written be part of the writing."""
    checks = [problem for problem in problems if problem.loop.attribution.operation in _VALIDATING]
    for check in checks:
        for other in problems:
            if other not in checks and other.kind == "write_in_loop" and check.loop.parents & other.loop.parents:
                other.loops.extend(check.loops)
                problems.remove(check)
                break
    return problems


def _is_of_no_list(problem: Problem) -> bool:
    """Whether the rows were each loaded by itself: nobody goes through a list of them."""
    return problem.kind == "n_plus_one" and all(came_one_by_one(loop) for loop in problem.loops)


def _beginning(problem: Problem, above: dict[int, Loop | None], owner: dict[int, Problem]) -> Problem:
    """The problem that the chain of `problem` begins with; itself where that runs in a circle, as trees do."""
    seen = {id(problem)}
    current = problem
    while (over := above[id(current)]) is not None:
        current = owner[id(over)]
        if id(current) in seen:
            return problem
        seen.add(id(current))
    return current


def _by_fix(judged: Sequence[tuple[Loop, Kind]]) -> list[Problem]:
    """One problem for each label and place, be the place the query of the parents or the function that asks."""
    found: dict[object, Problem] = {}
    problems = []
    for loop, kind in judged:
        keys = _keys(loop, kind)
        problem = next((found[key] for key in keys if key in found), None)
        if problem is None:
            problem = Problem(kind, loop, [])
            problems.append(problem)
        problem.loops.append(loop)
        problem.kind = _kind_of_both(problem.kind, kind)
        found.update(dict.fromkeys(keys, problem))
    return problems


def _keys(loop: Loop, kind: Kind) -> list[object]:
    label = loop.attribution.label
    # A duplicate wants another fix than the relation it repeats; all other kinds of one call want one.
    wanted = kind if kind == "duplicate_query" else ""
    culprit = loop.culprit
    name = culprit.function if isinstance(culprit, Line) else culprit and culprit.name
    keys: list[object] = [(wanted, label, (culprit.filename, name) if culprit else loop.shape.id)]
    head = main_head(loop)
    if head is not None and head.line is not None:
        keys.append((wanted, label, loop.attribution.operation, head.line))
    return keys


def _kind_of_both(one: Kind, other: Kind) -> Kind:
    return "write_in_loop" if "write_in_loop" in (one, other) else one


def main_head(loop: Loop) -> Load | None:
    """The query that most of the parents came out of in the end, rather one that brings many rows."""
    heads = sorted(loop.heads.items(), key=lambda pair: (pair[0].many, pair[1]))
    return heads[-1][0] if heads else None
