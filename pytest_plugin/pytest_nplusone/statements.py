"""How is a statement shown where there is little room?"""

from __future__ import annotations

import re

__all__ = ["one_line", "without_columns"]


def one_line(sql: str) -> str:
    """`sql` without its line breaks."""
    return " ".join(sql.split())


def without_columns(sql: str) -> str:
    """`sql` in one line, without the list of its columns: the tables and filters tell more."""
    return re.sub(r"^(SELECT (?:DISTINCT )?).*? FROM ", r"\1… FROM ", one_line(sql))
