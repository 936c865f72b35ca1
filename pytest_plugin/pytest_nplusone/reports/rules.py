"""What is each kind of finding, and how is it fixed? For people who meet it in code scanning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["RULES", "Level", "Rule"]

Level = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of finding, explained.

    Attributes:
        id: The kind, as findings and baselines spell it.
        name: The same as SARIF likes it.
        short: What it is, one sentence without a full stop.
        full: Why that matters.
        help: How it is fixed, as Markdown.
        level: How bad one is that nothing else is known of.
    """

    id: str
    name: str
    short: str
    full: str
    help: str
    level: Level


_ON_PURPOSE = """
If it is meant, say so beside the line, with the reason:

```python
names.append(book.author.name)  # nplusone: ignore[library.Book.author] two books at most
```
"""

RULES = (
    Rule(
        "n_plus_one",
        "QueryForEachRow",
        "A query for each row (N+1)",
        "The code loads a list with one query and then sends another one for each of its rows. With a hundred "
        "times the rows the page sends a hundred times the queries.",
        """Load what the loop reads together with the rows, in the query that the finding names.

| the loop reads | add to the query |
|---|---|
| a foreign key or one-to-one: `book.author` | `select_related("author")` |
| many of them: `book.tags.all()`, `author.book_set.all()` | `prefetch_related("tags")` |
| a deferred column | leave it out of `defer()`, or name it in `only()` |
| `Model.objects.get(pk=…)` | one `in_bulk(ids)` before the loop |
| `.count()` or `.exists()` | `annotate(n=Count("…"))` |

```python
for book in Book.objects.select_related("author"):
    names.append(book.author.name)
```
"""
        + _ON_PURPOSE,
        "error",
    ),
    Rule(
        "duplicate_query",
        "DuplicateQuery",
        "The same query with the same parameters, again and again",
        "The code asks the database the same question several times within one request and gets the same answer.",
        """Ask once and keep the answer: in a local variable, in an argument that is passed on, or in a
`cached_property`.

```python
settings = SiteSettings.objects.get()
for book in books:
    show(book, settings)
```
"""
        + _ON_PURPOSE,
        "warning",
    ),
    Rule(
        "write_in_loop",
        "WriteInLoop",
        "A write for each row",
        "The code saves, updates or deletes row by row what one statement could write.",
        """Collect the rows and write them together: `bulk_create()`, `bulk_update()`, or `update()` and `delete()`
of a queryset. They send no `post_save` signal and do not call `save()`: look whether something waits for that.

```python
Book.objects.bulk_create([Book(title=title) for title in titles])
```
"""
        + _ON_PURPOSE,
        "warning",
    ),
    Rule(
        "latent_n_plus_one",
        "LatentQueryForEachRow",
        "A query for each row, of which the test has only one",
        "A relation is fetched lazily from a row that came out of a query able to return many. The test's data "
        "has one row, so one query was sent; in production it is one for each row.",
        """Load the relation together with the rows, as for an N+1: `select_related()` or `prefetch_related()` on
the query that the finding names. Where the query can only ever return one row, say so with `get()` or `[:1]`.

```python
for book in Book.objects.select_related("author"):
    names.append(book.author.name)
```
"""
        + _ON_PURPOSE,
        "warning",
    ),
    Rule(
        "unused_eager_load",
        "UnusedEagerLoad",
        "Rows are loaded that no code reads",
        "A select_related() or prefetch_related() loads rows that no code read in the whole run of the tests.",
        """Take it out of the query, or move it to the one caller that needs it. First make sure that a test covers
the code which would read it: what no test runs, no test reads.

```python
books = Book.objects.all()  # was: .prefetch_related("reviews")
```
""",
        "note",
    ),
)
"""The kinds of `nplusone_guard.findings.Kind`, in its order: a rule's place here is its `ruleIndex` in SARIF."""
