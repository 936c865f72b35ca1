"""A real browser for the tests: the Chromium of the system, headless, driven by Playwright.

Playwright's own browsers are downloads, which neither a checkout nor CI can rely on; a package of the system is
enough.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable() -> str | None:
    """The browser's program: what the variable CHROMIUM names, or the first that is found."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def require() -> None:
    """Skip the test where there is no browser. With CI set nothing may be skipped: it fails."""
    if executable() is not None:
        return
    reason = "no Chromium is found: apt-get install chromium, or set CHROMIUM to the program"
    if os.environ.get("CI"):
        pytest.fail(f"{reason}. Nothing may be skipped in CI.", pytrace=False)
    pytest.skip(reason)


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser without windows, closed at the end.

    While it is open an event loop counts as running in this thread, so Django refuses to ask its database there:
    open it for the tests of a module, not of a session.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Chromium's sandbox does not run as root, as containers do.
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()
