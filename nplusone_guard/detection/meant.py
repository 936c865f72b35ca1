"""Is a repetition meant? Then somebody said so: a rule of the settings or a test, or a comment beside the line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from ..attribution.declared import Declared
from ..attribution.sources import line_of
from ..codelines import relative_path
from ..findings import Kind
from ..ignore_comments import IgnoreComment
from ..inline_ignores import comment_on
from ..loops import Loop
from ..rules import Rule
from ..scope import Scope
from .problems import Problem

__all__ = ["ignored_by", "without"]


def ignored_by(
    loop: Loop, kind: Kind, scope: Scope, rules: Iterable[Rule]
) -> Iterator[tuple[Rule | IgnoreComment, str]]:
    """All that says that `loop`, which would be a finding of `kind`, is meant, each with the file it speaks of.

    A comment may stand at the culprit, or at what is declared around it. The source is read here, and only of a
    line that is about to be told.
    """
    label, culprit = loop.attribution.label, loop.culprit
    path = relative_path(culprit.filename) if culprit is not None else ""
    for rule in rules:
        if rule.matches(label=label, kind=kind, path=path, route=scope.route):
            yield rule, path
    for place in (culprit, loop.via):
        if place is not None:
            line = line_of(place) if isinstance(place, Declared) else place.lineno
            comment = comment_on(place.filename, line, label)
            if comment is not None:
                yield comment, relative_path(place.filename)


def without(problem: Problem, ignored: AbstractSet[int], kinds: Mapping[int, Kind]) -> Problem | None:
    """What is left of `problem`; `None` if that is nothing.

    A chain keeps its beginning when only what follows is ignored, and begins further on when that is not.

    Args:
        problem: The problem.
        ignored: The `id`s of the loops that are meant.
        kinds: What each loop is by itself, by its `id`.
    """
    left = [loop for loop in problem.loops if id(loop) not in ignored]
    if len(left) == len(problem.loops):
        return problem
    if not left:
        return None
    kind = problem.kind if left[0] is problem.loop else kinds[id(left[0])]
    return Problem(kind, left[0], left)
