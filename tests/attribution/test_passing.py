"""A line that merely hands over says nothing about what is done inside of it."""

from __future__ import annotations

import sys
from functools import wraps

import pytest

from nplusone_guard.attribution.passing import passes_on


def caller_passes_on(depth=1):
    """Whether the line that calls this passes on."""
    frame = sys._getframe(depth)
    return passes_on(frame.f_code, frame.f_lasti)


class Base:
    def save(self, *args):
        return caller_passes_on(2)


class Overriding(Base):
    def save(self, *args):
        return super().save(*args)


class Saving(Base):
    def save_all(self):
        return any(self.save() for _ in range(2))


class Chaining(Base):
    def save(self):
        return super().__str__().join([str(caller_passes_on())])


class Counting:
    """A decorator that is a class."""

    def __init__(self, function):
        self.function = function

    def __call__(self, *args, **kwargs):
        return self.function(*args, **kwargs)


class Middleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        return response  # noqa: RET504


def decorator(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        return function(
            *args,
            **kwargs,
        )

    return wrapper


def asynchronous(function):
    async def wrapper(*args):
        return await function(*args)

    return wrapper


def look(*args, **kwargs):
    return caller_passes_on(2)


async def look_later():
    return caller_passes_on(2)


@pytest.mark.parametrize(
    "call",
    [Overriding().save, decorator(look), Counting(look), lambda: Middleware(look)(None)],
    ids=["super", "wrapper", "class", "middleware"],
)
def test_a_line_that_hands_over_passes_on(call):
    assert call() is True


async def test_a_line_that_awaits_what_it_wraps_passes_on():
    assert await asynchronous(look_later)() is True


def test_a_line_that_asks_does_not_pass_on():
    assert caller_passes_on() is False
    assert look() is False
    assert Saving().save_all() is False
    assert Chaining().save() == "False"


def test_a_comprehension_calls_what_is_around_it_and_passes_nothing_on():
    function = look
    assert [function() for _ in range(2)] == [False, False]


def test_what_has_no_source_does_not_pass_on():
    made = {}
    exec("def wrapper(look):\n    return look()", made)
    assert made["wrapper"](look) is False
