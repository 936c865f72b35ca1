"""Which rows that were loaded ahead did no code read? Watched while a whole run of tests asks for it.

`written` remembers the lines that call `select_related()` and `prefetch_related()`, `rows` and `prefetches` see
what those bring and put it into the containers of `reads`, which notice that they are read. `relations` holds what
was asked for, and what became of it.

Instances, queries and frames are not kept. Whatever is unclear counts as read.
"""

from __future__ import annotations

from .relations import Ahead, Loaded, take
from .watching import install, uninstall

__all__ = ["Ahead", "Loaded", "install", "take", "uninstall"]
