"""Which sites of a call path can tell whose loop it is? The project's, and those of a few libraries.

What was found on a path is remembered with it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cache
from types import CodeType, FrameType

from .callpath import ANYWHERE, Around, CallPath, carried_sites, hold, sites_inside
from .codelines import Site, is_project_code, is_project_file
from .looplines import enclosing_loop

__all__ = ["asking_site", "is_library_loop", "is_test_library", "telling_sites"]

_MOST_TELLING = 40  # sites kept of one call path
_LIBRARY_LOOPS = frozenset(
    {
        "ForNode.render",
        "ListSerializer.to_representation",
        "ManyRelatedField.to_representation",
        "ExecutionContext.complete_list_value",
    }
)
"""Functions of Django's templates, REST framework and graphql-core that loop over rows, not the project's own."""
_TEST_LIBRARIES = tuple(
    f"/{name}/"
    for name in "behave factory hypothesis mixer model_bakery pytest_bdd pytest_benchmark schemathesis".split()
)
"""Folders of libraries that make rows for tests, or call a test's code again and again."""

_AS_A_RULE = 10  # sites of a path that tell whose loop it is


def asking_site(
    path: CallPath, frame: FrameType | None, boundary: CodeType | None = None
) -> tuple[int, Site] | None:
    """The innermost site that `telling_sites` would give, with its distance from `frame`.

    `None` if there is none, or other frames than those on this stack are on the path. The arguments are those of
    `telling_sites`.
    """
    if path.asking is None:
        hold(1)
        path.asking = (_innermost_telling(frame, boundary),)
    return path.asking[0]


def _innermost_telling(frame: FrameType | None, boundary: CodeType | None) -> tuple[int, Site] | None:
    for depth, site_of_frame in enumerate(() if carried_sites() else sites_inside(frame, boundary)):
        if _is_telling(site_of_frame[0].co_filename):
            return depth, site_of_frame
    return None


def telling_sites(
    path: CallPath, frame: FrameType | None, boundary: CodeType | None = None, outside: Around = ANYWHERE
) -> tuple[Site, ...]:
    """The sites from `frame` outward that can tell whose loop it is: the project's, and a few libraries'.

    Of a path that is known, the very tuple that it had before.

    Args:
        path: What `path_of` says of the others.
        frame: The innermost frame.
        boundary: The code that opened the scope; what is outside it repeats nothing in the scope.
        outside: Nor does what is outside of this.
    """
    if path.telling is None:
        hold(_AS_A_RULE)
        path.telling = tuple(_telling(frame, boundary, outside))
    return path.telling


def _telling(frame: FrameType | None, boundary: CodeType | None, outside: Around) -> Iterator[Site]:
    inside = sites_inside(frame, boundary, outside)
    telling = (one for one in inside if one[0].co_qualname in _LIBRARY_LOOPS or _is_telling(one[0].co_filename))
    return itertools.islice(telling, _MOST_TELLING)


def is_library_loop(site: Site) -> bool:
    """Whether a loop over rows runs at `site` that no Python of the project has: a library's, or a template's."""
    code, offset = site
    if code.co_qualname in _LIBRARY_LOOPS:
        return True
    filename = code.co_filename
    of_template = is_project_file(filename) and not is_project_code(filename)
    return of_template and enclosing_loop(code, offset) is not None


@cache
def _is_telling(filename: str) -> bool:
    return is_project_file(filename) or is_test_library(filename)


@cache
def is_test_library(filename: str) -> bool:
    """Whether what `filename` repeats is repeated for a test: it makes rows, or calls the test's code."""
    path = filename.replace("\\", "/")
    return not is_project_file(filename) and any(folder in path for folder in _TEST_LIBRARIES)
