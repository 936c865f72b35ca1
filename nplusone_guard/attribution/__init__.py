"""What was the ORM asked for, and where? A repeated statement's label and places, read from the frames.

`orm` reads Django's own frames; what it knows of Django's internals is listed in `django_internals`. `places`
finds the culprit, also where code is declared: `templates`, `drf`, `admin` and `forms` read the frames of their
library, listed in `library_internals`, and `sources` finds the line of what they name.
"""

from __future__ import annotations

from .declared import Declared
from .model import FETCHED_LAZILY, Attribution, Relation, Sighting
from .orm import follows_relation, of_sql, read_sighting
from .passing import passes_on
from .places import Places, origin_of_view, read_places
from .sources import line_of
from .views import View

__all__ = [
    "FETCHED_LAZILY",
    "Attribution",
    "Declared",
    "Places",
    "Relation",
    "Sighting",
    "View",
    "follows_relation",
    "line_of",
    "of_sql",
    "origin_of_view",
    "passes_on",
    "read_places",
    "read_sighting",
]
