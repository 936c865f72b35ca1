"""What was the ORM asked for? A repeated statement's label, read from the frames on the stack.

`orm` reads Django's own frames; what it knows of Django's internals is listed in `django_internals`. The frames
of templates, serializers and the admin, which name a culprit where no line of the project is on the stack, have
their place beside it.
"""

from __future__ import annotations

from .model import Attribution, Relation, Sighting
from .orm import of_sql, read_sighting

__all__ = ["Attribution", "Relation", "Sighting", "of_sql", "read_sighting"]
