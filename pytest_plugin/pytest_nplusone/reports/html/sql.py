"""How is a normalized statement shown? A clause a line, its keywords marked."""

from __future__ import annotations

from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from sqlparse.lexer import tokenize
from sqlparse.tokens import Keyword

__all__ = ["sql_as_html"]

_CLAUSES = ("FROM", "WHERE", "GROUP BY", "HAVING", "ORDER BY", "LIMIT", "SET", "VALUES", "UNION", "RETURNING")


@lru_cache(maxsize=1024)
def sql_as_html(sql: str) -> SafeString:
    """`sql` as HTML in which keywords are `<b>` and each clause of the outermost query begins a line."""
    written: list[str] = []
    depth = 0
    for kind, text in tokenize(" ".join(sql.split())):
        depth += (text == "(") - (text == ")")
        keyword = kind in Keyword
        if keyword and depth == 0 and written and _begins_a_line(text):
            written[-1] = written[-1].rstrip(" ") + "\n"
        written.append(f"<b>{escape(text)}</b>" if keyword else escape(text))
    return mark_safe("".join(written))  # noqa: S308 — each token was escaped


def _begins_a_line(keyword: str) -> bool:
    return keyword.upper().startswith(_CLAUSES) or keyword.upper().endswith("JOIN")
