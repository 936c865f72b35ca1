"""How much memory does a recorder hold for 10,000 statements, while the request lasts?"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from .processes import CannotRunError, Worker
from .recorders import NOBODY, Recorder
from .sizes import Sizes

__all__ = ["SHAPES", "Held", "weigh"]

Held = dict[str, dict[str, float | str]]
"""By recorder and sort of statements: bytes, or why there are none."""

SHAPES = ("different", "one")
"""Whether the statements are of different shapes, or of one."""

_DIFFERENT = (
    'SELECT "author"."id", "author"."name", (1) AS "column_{}" FROM "library_author" "author" WHERE "id" = %s'
)


def weigh(recorders: Sequence[Recorder], sizes: Sizes) -> Held:
    """What each holds at the end of such a request, beyond what nobody holds."""
    held: Held = {}
    for recorder in recorders:
        held[recorder.name] = {shapes: _weigh(recorder, sizes, shapes) for shapes in SHAPES}
    for shapes in SHAPES:
        nobody = held[NOBODY.name][shapes]
        for name in held:
            one = held[name][shapes]
            if isinstance(one, float) and isinstance(nobody, float):
                held[name][shapes] = one - nobody if name != NOBODY.name else one
    held[NOBODY.name] = dict.fromkeys(SHAPES, 0.0)
    return held


def _weigh(recorder: Recorder, sizes: Sizes, shapes: str) -> float | str:
    # A process for each, as caches outlive a request.
    with Worker(lambda: _scales(recorder)) as worker:
        try:
            return float(worker.ask([sizes.held, shapes]))
        except CannotRunError as error:
            return str(error)


def _scales(recorder: Recorder) -> Callable[[Any], int]:
    recorder.prepare()
    grown = 0
    different, number = True, 0

    def respond(_: HttpRequest) -> HttpResponse:
        nonlocal grown
        with connection.cursor() as cursor:
            gc.collect()
            before = tracemalloc.get_traced_memory()[0]
            for one in range(number):
                cursor.execute(_DIFFERENT.format(one if different else 0), [one])
            gc.collect()
            grown = tracemalloc.get_traced_memory()[0] - before
        return HttpResponse()

    def held(order: tuple[int, str]) -> int:
        nonlocal different, number
        recorded = recorder.around(respond)
        # Once before, for what is imported and remembered whatever the statements are.
        number = 10
        recorded(RequestFactory().get("/"))
        number, different = order[0], order[1] == "different"
        tracemalloc.start()
        recorded(RequestFactory().get("/"))
        return grown

    return held
