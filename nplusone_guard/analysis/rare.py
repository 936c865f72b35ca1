"""Which conditions without a value hold for few rows? `NOT "is_sent"`, as PostgreSQL's statistics have it.

    SELECT … FROM mail WHERE NOT is_sent         one row in a hundred: an index of those rows finds them

Values that a statement is given are never known, so of `status = ?` nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from .values import Access

__all__ = ["RARE", "rare_conditions"]

RARE = 0.1
"""Up to this share of the rows: the planner would use an index that merely leaves out half of a table as well."""

# Whether a column is true, false or null, and no other value of anybody's.
_SHARES = """
    SELECT tablename, attname, null_frac,
           CASE WHEN most_common_vals::text IN ('{t}', '{t,f}') THEN most_common_freqs[1]
                WHEN most_common_vals::text = '{f,t}' THEN most_common_freqs[2]
                WHEN most_common_vals::text = '{f}' THEN 0 END
    FROM pg_stats WHERE tablename = ANY(%s) AND schemaname = ANY(current_schemas(false)) AND NOT inherited
"""

_CONDITION = re.compile(r'(?P<not>NOT )?"?(?P<column>\w+)"?(?P<null> IS NULL)?')


@dataclass(frozen=True, slots=True)
class _Shares:
    """Which shares of the rows have a column null, and true; `None` where it is no boolean."""

    null: float
    true: float | None


def rare_conditions(connection: BaseDatabaseWrapper, accesses: Iterable[Access]) -> dict[tuple[str, str], str]:
    """By table and condition, the columns of those that hold for few rows; none where the database does not tell.

    Raises:
        django.db.Error: The database cannot be asked.
    """
    asked = {
        (access.table, condition)
        for access in accesses
        if not access.equal and not access.ranges
        for condition in access.constants
    }
    if connection.vendor != "postgresql" or not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_SHARES, [sorted({table for table, _ in asked})])
        shares = {(table, column): _Shares(null, true) for table, column, null, true in cursor.fetchall()}
    found = ((table, condition, _CONDITION.fullmatch(condition)) for table, condition in asked)
    return {
        (table, condition): match["column"]
        for table, condition, match in found
        if match and (table, match["column"]) in shares and _share(match, shares[table, match["column"]]) <= RARE
    }


def _share(match: re.Match[str], known: _Shares) -> float:
    """Which share of the rows a condition holds for; 1.0 where that is not known."""
    if match["null"]:
        return 1.0 - known.null if match["not"] else known.null
    if known.true is None:
        return 1.0
    return 1.0 - known.null - known.true if match["not"] else known.true
