"""`python -m tests.plugin.screenshots`: a sample of the HTML report, and the pictures of it in the docs.

The findings are real: each address of the demo site's naive side is asked once, as its tests do. How they stand
beside a baseline is made up, so that the sample has one of each.
"""

from __future__ import annotations

import logging
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import django

from tests.browser import launched

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_nplusone.results import Result, Results, Seen

    from nplusone_guard.findings import Finding

IMAGES = Path(__file__).parent.parent.parent / "docs" / "images"
PICTURES = {
    # name: theme, width, height, what is done before
    "html-report-light.png": ("light", 1280, 960, ".finding summary"),
    "html-report-dark.png": ("dark", 1280, 960, "input[value=origin]"),
    "html-report-narrow.png": ("light", 400, 1120, None),
}
TEST = "tests/demo/test_findings.py::test_the_naive_side_has_the_findings_of_the_list_and_no_other"
DATE = "1767600000"  # 2026-01-05, so that the pictures change with the page only


def demo_results() -> Results:
    """What the tests of the demo site's naive side would find."""
    from django.test.utils import override_settings, setup_databases, teardown_databases

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    names = setup_databases(verbosity=0, interactive=False)
    try:
        with override_settings(
            ROOT_URLCONF="demo_site.urls",
            SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
            ALLOWED_HOSTS=["*"],
            NPLUSONE_GUARD={"DEPTH": "deep"},
        ):
            return _as_results(_visited())
    finally:
        teardown_databases(names, verbosity=0)


def write_sample(path: Path) -> None:
    """Write the page about the demo site to `path`."""
    from pytest_nplusone.reports import html

    html.write(demo_results(), path)


def take_pictures(page: Path, folder: Path = IMAGES) -> None:
    """Take the pictures of the page for the docs."""
    folder.mkdir(parents=True, exist_ok=True)
    with launched() as browser:
        for name, (theme, width, height, first) in PICTURES.items():
            _take(browser, page, folder / name, theme, width, height, first)


def _take(browser: Browser, page: Path, to: Path, theme: str, width: int, height: int, first: str | None) -> None:
    with browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme) as shown:
        shown.goto(page.as_uri())
        if first:
            shown.locator(first).first.click()
        shown.evaluate("document.activeElement.blur()")
        shown.screenshot(path=to)


def _visited() -> list[tuple[str, str, tuple[Finding, ...]]]:
    """Of each address: the test that asks it, its route, and the findings."""
    from django.contrib.admindocs.views import simplify_regex
    from django.db import transaction
    from django.test import Client

    from nplusone_guard.signals import report_ready
    from tests.demo.rows import make_platform
    from tests.demo.written_list import ADDRESSES

    reports = []

    def collect(sender, report, request, **kwargs):
        reports.append((request, report))

    report_ready.connect(collect)
    visited = []
    with transaction.atomic():
        platform = make_platform()
        client = Client()
        client.force_login(platform.viewer)
        reports.clear()
        for address in ADDRESSES:
            client.get("/" + address.format(side="naive", **vars(platform)))
            request, report = reports[-1]
            visited.append(
                (f"{TEST}[{address}]", f"GET {simplify_regex(request.resolver_match.route)}", report.findings)
            )
        transaction.set_rollback(True)
    report_ready.disconnect(collect)
    return visited


def _as_results(visited: list[tuple[str, str, tuple[Finding, ...]]]) -> Results:
    from pytest_nplusone.results import Fixed, Result, Results, Seen

    worst: dict[str, Finding] = {}
    seen: dict[str, list[Seen]] = {}
    for test, where, findings in visited:
        for finding in findings:
            seen.setdefault(finding.id, []).append(Seen(test, finding.count, where))
            if finding.id not in worst or finding.count > worst[finding.id].count:
                worst[finding.id] = finding
    results = [
        Result(finding, tuple(sorted(seen[finding.id], key=lambda one: -one.count))) for finding in worst.values()
    ]
    results.sort(key=lambda one: (-one.wasted, one.finding.id))
    results = [_standing(result, number) for number, result in enumerate(results)]
    return Results(
        results=tuple(sorted(results, key=lambda one: (not one.fails, -one.wasted, one.finding.id))),
        fixed=(
            Fixed(
                "5d0f1c2b3a49",
                "n_plus_one",
                "payments.Payment.student",
                "demo_site/payments/admin.py:20 in PaymentAdmin",
                24,
            ),
        ),
        tests=len(visited),
        baseline="nplusone-baseline.jsonl",
    )


def _standing(result: Result, number: int) -> Result:
    """Made up: two are new, one has grown, the rest is in the baseline. Times differ from run to run: rounded."""
    finding = replace(result.finding, db_time_ms=float(round(result.finding.db_time_ms)))
    if number in (0, 3):
        return replace(result, finding=finding)
    if number == 1:
        return replace(result, finding=finding, status="grown", recorded=result.finding.count // 2)
    return replace(result, finding=finding, status="known", recorded=result.finding.count, fails=False)


def main() -> None:
    """Write the sample, take the pictures, say where they are."""
    os.environ.setdefault("SOURCE_DATE_EPOCH", DATE)
    logging.disable()  # the guard's own events
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "html-report.html"
        write_sample(page)
        take_pictures(page)
    for name in PICTURES:
        print(f"{(IMAGES / name).relative_to(Path.cwd())}: {(IMAGES / name).stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
