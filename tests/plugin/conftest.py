"""Projects to run pytest in, and a browser to look at pages with."""

from __future__ import annotations

import pytest
from pytest_nplusone.reports import html

from tests import browser as chromium

from .project import Project
from .sample_results import RESULTS


@pytest.fixture(scope="module")
def make_project(tmp_path_factory):
    """A fresh project; each keyword is a module of it, with its source."""

    def make(**files):
        return Project(tmp_path_factory.mktemp("project"), **files)

    return make


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium for the tests of a module."""
    chromium.require()
    with chromium.launched() as launched:
        yield launched


@pytest.fixture
def make_page(browser, tmp_path):
    """Opens results as a page, or a page that is written; what it logs or asks for elsewhere fails the test."""
    contexts, files, unwanted = [], [], []

    def make(results=RESULTS, at="", written=None, **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: unwanted.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: unwanted.append(f"error: {error}"))
        page.on("request", lambda request: unwanted.append(request.url) if strange(request.url) else None)
        file = written or tmp_path / "page.html"
        files.append(file.as_uri())
        if written is None:
            html.write(results, file)
        page.goto(file.as_uri() + at)
        return page

    def strange(url):
        return not url.startswith((*files, "data:"))

    yield make
    for context in contexts:
        context.close()
    assert unwanted == []
