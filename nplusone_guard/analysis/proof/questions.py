"""How is a planner asked about a shape, which has `?` in the place of every value?

Not about values: a limit is taken to be a page, and everything else stays open.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..values import Advice

__all__ = ["INDEX", "PAGE", "create_index", "statement_with"]

PAGE = 20
"""Rows that a `LIMIT ?` is taken to want, and values that a list is taken to have.

Without a number of rows PostgreSQL expects a tenth of the table, and chooses as for a report, not for a page."""

INDEX = "nplusone_candidate"
"""What an index is called while it is tried; hypopg gives it a name of its own."""

_TOKENS = re.compile(
    r"""(?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|'(?:[^']|'')*')"""
    r"""|(?P<word>\b(?:LIMIT|OFFSET)\b)(?P<space>\s+)\?"""
    r"""|(?P<list>\(\.\.\.\)|\[\.\.\.\])|(?P<value>\?)""",
    re.IGNORECASE,
)


def statement_with(sql: str, placeholder: Callable[[int], str]) -> tuple[str, int]:
    """`sql` with its values open, and how many there are.

    Args:
        sql: A shape.
        placeholder: Writes the open value of that number, from 1.
    """
    count = 0

    def replaced(match: re.Match[str]) -> str:
        nonlocal count
        if match["quoted"]:
            return match[0]
        if match["word"]:
            return f"{match['word']}{match['space']}{PAGE if match['word'].upper() == 'LIMIT' else 0}"
        values = PAGE if match["list"] else 1
        every = ", ".join(placeholder(count + number) for number in range(1, values + 1))
        count += values
        return f"{match['list'][0]}{every}{match['list'][-1]}" if match["list"] else every

    return _TOKENS.sub(replaced, sql), count


def create_index(advice: Advice, quote: Callable[[str], str]) -> str:
    """The SQL that creates the index of `advice`."""
    columns = ", ".join(f"{quote(one.name)} DESC" if one.descending else quote(one.name) for one in advice.columns)
    include = f" INCLUDE ({', '.join(map(quote, advice.include))})" if advice.include else ""
    condition = f" WHERE {advice.condition}" if advice.condition else ""
    return f"CREATE INDEX {quote(INDEX)} ON {quote(advice.table)} ({columns}){include}{condition}"
