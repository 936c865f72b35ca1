"""How much memory does a scope hold? `python -m benchmarks.memory`: a million statements of 100,000 shapes."""

from __future__ import annotations

import argparse
import os
import random
import tracemalloc

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.db import connection  # noqa: E402

from nplusone_guard.fingerprint import clear_cache  # noqa: E402
from nplusone_guard.lifecycle import close_scope, open_scope  # noqa: E402
from nplusone_guard.scope import entered  # noqa: E402


def main() -> None:
    """Run them, on a real cursor, and print what is held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--statements", type=int, default=1_000_000)
    parser.add_argument("--shapes", type=int, default=100_000)
    arguments = parser.parse_args()
    order = random.Random(1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        clear_cache()
        tracemalloc.start()
        scope = open_scope("request", "/")
        before = tracemalloc.get_traced_memory()[0]
        with entered(scope):
            for _ in range(arguments.statements):
                cursor.execute(f"SELECT 1 AS column_{order.randrange(arguments.shapes)}")
        held = tracemalloc.get_traced_memory()[0] - before
        summary = close_scope(scope)
        tracemalloc.stop()
    print(
        f"{summary.statements:,} statements of {arguments.shapes:,} shapes: {held / 1e6:.1f} MB held at the end, "
        f"{len(summary.shapes):,} shapes remembered, truncated: {summary.truncated}"
    )


if __name__ == "__main__":
    main()
