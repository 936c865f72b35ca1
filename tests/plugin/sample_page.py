"""Results to look at as a page: as many as wanted, and those that the demo site gives by itself."""

from __future__ import annotations

from pytest_nplusone.results import Result, Results, Seen

from .sample_results import RESULTS, finding

STANDINGS = [
    ("new", None, True),
    ("grown", 3, True),
    ("known", 90, False),
    ("known", 40, False),
    ("new", None, False),
]
KINDS = ("n_plus_one", "duplicate_query", "n_plus_one", "write_in_loop", "n_plus_one")
COLUMNS = ", ".join(f'"shop_order"."column_{number}"' for number in range(24))


def many(number: int) -> Results:
    """`number` findings of every status, over a tenth as many endpoints."""
    return Results(
        results=tuple(
            sorted((_one(index, number) for index in range(number)), key=lambda one: (not one.fails, -one.wasted))
        ),
        fixed=RESULTS.fixed,
        tests=number * 4,
        baseline="nplusone-baseline.jsonl",
    )


def _one(index: int, number: int) -> Result:
    status, recorded, fails = STANDINGS[index % len(STANDINGS)]
    count = 3 + index * 37 % 90
    label = f"shop{index % 7}.Order{index}.customer"
    endpoint = f"GET /api/v1/things{index % max(number // 10, 1)}/<int:pk>/"
    seen = tuple(
        Seen(
            f"tests/test_{index % 9}.py::test_{index}[{turn}]", max(count - turn, 2), endpoint if turn % 3 else ""
        )
        for turn in range(1 + index % 14)
    )
    return Result(
        finding(
            label,
            count,
            kind=KINDS[index % len(KINDS)],
            line=3 + index,
            sql=f'SELECT {COLUMNS} FROM "shop_order" INNER JOIN "shop_customer" ON ("a" = "b") WHERE "id" = ?',
        ),
        seen,
        status,
        recorded,
        fails,
    )
