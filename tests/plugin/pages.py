"""What a test asks an HTML report for, once a browser has opened it."""

from __future__ import annotations

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
