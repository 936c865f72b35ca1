"""What was the ORM asked for, and where? A repeated statement's label and places, read from the frames.

`orm` reads Django's own frames; what it knows of Django's internals is listed in `django_internals`. `places`
finds the culprit, also where code is declared: `templates`, `drf`, `admin` and `forms` read the frames of their
library, listed in `library_internals`, and `sources` finds the line of what they name.

Nothing is imported here: a statement that runs once needs `asked` and `asking_lines`, one that repeats the rest.
"""
