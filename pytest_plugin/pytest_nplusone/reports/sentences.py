"""What is said about a finding outside of the terminal? One sentence each, without markup."""

from __future__ import annotations

from ..results import Result

__all__ = ["allowed", "fix", "headline", "seen_by"]

_HEADLINES = {
    "n_plus_one": "{title}: {count} queries, one for each row",
    "duplicate_query": "{title}: the same query {count} times",
    "write_in_loop": "{title}: {count} writes, one for each row",
    "latent_n_plus_one": "{title}: one query for each row as soon as there are more rows",
    "unused_eager_load": "{title}: loaded together, and read by nothing",
}


def headline(result: Result) -> str:
    """What is repeated, how often, where: `library.Book.author: 4 queries, one for each row, in GET /books/`."""
    finding = result.finding
    said = _HEADLINES.get(finding.kind, "{title} × {count}").format(title=finding.title, count=finding.count)
    return said + _in_endpoints(result.endpoints)


def fix(result: Result) -> str:
    """The way out: `Fix: select_related("author")`."""
    return f"Fix: {result.finding.suggestion}"


def allowed(result: Result) -> str:
    """What the baseline says of it, `""` where there is nothing to say."""
    if result.status == "grown" and result.recorded is not None:
        return f"The baseline allows {result.recorded}"
    return "It is in the baseline" if result.status == "known" else ""


def seen_by(result: Result) -> str:
    """Which tests saw it: the first by its id, the others by their number."""
    tests = result.tests
    return f"Seen by {tests[0]}{_and_more(len(tests) - 1, 'test')}" if tests else ""


def _in_endpoints(endpoints: tuple[str, ...]) -> str:
    return f", in {endpoints[0]}{_and_more(len(endpoints) - 1, 'endpoint')}" if endpoints else ""


def _and_more(number: int, noun: str) -> str:
    if not number:
        return ""
    return f" and {number} more {noun if number == 1 else noun + 's'}"
