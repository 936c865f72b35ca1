"""Which loop repeats an instruction is read from its file."""

from __future__ import annotations

import asyncio
import sys

import pytest

from nplusone_guard.looplines import enclosing_loop


def here(depth=1):
    """The loop around the caller's line, counted from the beginning of its function."""
    frame = sys._getframe(depth)
    line = enclosing_loop(frame.f_code, frame.f_lasti)
    return line and line - frame.f_code.co_firstlineno


def test_the_body_of_a_for_loop_repeats():
    for _ in range(1):
        assert here() == 1


def test_what_a_for_loop_goes_over_and_its_else_run_once():
    for line in [here()]:
        assert line is None
        if line:
            break
    else:
        assert here() is None


def test_both_parts_of_a_while_loop_repeat():
    seen = []
    while not seen or (seen.append(here()) or len(seen) < 2):
        seen.append(here())
    assert seen == [2, 2]


def test_the_innermost_loop_is_named():
    for _ in range(1):
        for _ in range(1):
            assert here() == 2
        assert here() == 1


def repeated(*_):
    """Whether the caller's line is in a loop."""
    return here(2) is not None


@pytest.mark.parametrize(
    "lines",
    [
        lambda: [repeated() for _ in range(1)],
        lambda: list({repeated() for _ in range(1)}),
        lambda: list({repeated(): 1 for _ in range(1)}),
        lambda: list(repeated() for _ in range(1)),  # noqa: C400
        lambda: [True for _ in range(1) if repeated()],
        lambda: [line for _ in range(1) for line in [repeated()]],
        lambda: list(map(repeated, range(1))),
        lambda: asyncio.run(gathered()),
    ],
)
def test_comprehensions_and_their_like_repeat(lines):
    assert lines() == [True]


async def gathered():
    async def one(waiting):
        frame = waiting.cr_frame
        return enclosing_loop(frame.f_code, frame.f_lasti) is not None

    return await asyncio.gather(one(asyncio.current_task().get_coro()))


def test_what_a_comprehension_goes_over_runs_once():
    assert [line for line in [here()]] == [None]  # noqa: C416


def test_a_function_is_not_inside_the_loop_it_is_defined_in():
    functions = []
    for _ in range(1):

        def function():
            return here()

        functions += [function, lambda: here()]  # noqa: PLW0108
    assert [function() for function in functions] == [None, None]


def test_a_line_without_a_loop_has_none():
    assert here() is None


def test_a_file_that_cannot_be_read_has_no_loops(tmp_path):
    for name, source in (("<string>", None), (str(tmp_path / "template.html"), "{% for %}")):
        if source:
            (tmp_path / "template.html").write_text(source)
        names = {"here": here}
        exec(compile("for _ in range(1):\n    line = here()", name, "exec"), names)
        assert names["line"] is None
