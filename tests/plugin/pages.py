"""What a test asks an HTML report for, once a browser has opened it."""

from __future__ import annotations

from contextlib import contextmanager

from .sample_results import RESULTS

AUTHOR, PUBLISHER, TAG, LOAN = (result.finding for result in RESULTS.results)


def labels(page):
    """The labels of the findings that are shown, from top to bottom."""
    return page.locator(".finding:visible h4").all_text_contents()


def article(page, one):
    return page.locator(f"#finding-{one.id}")


def is_open(page, one):
    return article(page, one).locator("details").first.get_attribute("open") is not None


def headings(page):
    return page.locator(".group:visible h3").all_text_contents()


@contextmanager
def is_remembered(page, name, value):
    """Wait until every page of this browser reads that value, so that one loaded now does too.

    A browser stores what a page remembers in another process, and a reload can overtake it on the way there. A
    second page that has seen the value proves that it arrived. It stays open, so that nothing is read anew.
    """
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_function("([name, value]) => localStorage.getItem(name) === value", arg=[name, value])
    yield
    other.close()
