"""How the page says it: names for kinds and statuses, numbers, and text that may go on in the next line."""

from __future__ import annotations

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

__all__ = ["KINDS", "STATUSES", "breakable", "kind_name", "number"]

KINDS = {
    "n_plus_one": ("N+1 query", "One statement for each row of a list, where one for all of them would do."),
    "duplicate_query": ("Duplicate query", "The same question about the same row, asked again and again."),
    "write_in_loop": ("Write in a loop", "Rows written one by one, where one statement could write them all."),
    "latent_n_plus_one": (
        "Latent N+1",
        "The test had one row, so there was one statement; with more rows there is one for each.",
    ),
    "unused_eager_load": ("Unused eager load", "Rows are loaded beside the others, and no code reads them."),
}
"""What people call a kind, and what it means to somebody who sees the word for the first time."""

STATUSES = {
    "fails": "Failing",
    "warning": "Warnings",
    "new": "New",
    "grown": "Grown",
    "known": "Known",
    "fixed": "Fixed",
}
"""What can be asked for, in the order of the menu; a finding has one of the first two, or is known."""


def kind_name(kind: str) -> str:
    """What people call `kind`; a kind that a later version has goes by its own name."""
    return KINDS[kind][0] if kind in KINDS else kind.replace("_", " ").capitalize()


def number(value: int) -> str:
    """`value` with its thousands apart: `1,234`."""
    return f"{value:,}"


def breakable(text: str) -> SafeString:
    """`text`, escaped, that may go on in the next line behind a dot, a slash, a bracket, `=`, `::` or `__`."""
    return mark_safe(re.sub(r"(::|__|[./=(\[])(?=.)", r"\1<wbr>", escape(text)))  # noqa: S308 — no entity has these
