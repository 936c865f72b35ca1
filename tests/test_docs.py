"""Is the documentation true? What `make docs` writes is current, and what a link leads to is there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import django
import pytest

from docs.options import options_page
from docs.pages import PAGES, with_samples
from docs.samples import FOLDER, write_samples

ROOT = Path(__file__).parent.parent
EVERY_PAGE = sorted([*PAGES, *ROOT.glob("docs/guides/*.md"), ROOT / "CONTRIBUTING.md"])


def test_the_options_are_those_of_the_code():
    assert (ROOT / "docs/options.md").read_text(encoding="utf-8") == options_page(), "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_shows_its_samples_as_they_are(page):
    text = page.read_text(encoding="utf-8")
    assert text == with_samples(text), "run `make docs`"


@pytest.mark.parametrize("page", EVERY_PAGE, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    text = page.read_text(encoding="utf-8")
    code = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\(([^)\s]+)\)", code.sub("", text)):
        if "://" not in target:
            file, _, anchor = target.partition("#")
            linked = (page.parent / file).resolve() if file else page
            assert linked.exists(), target
            assert not anchor or anchor in anchors(code.sub("", linked.read_text(encoding="utf-8"))), target


def test_every_option_that_is_written_is_one():
    for page in EVERY_PAGE:
        written = set(re.findall(r"--nplusone-[a-z][a-z-]*[a-z]", page.read_text(encoding="utf-8")))
        assert written <= set(re.findall(r"--nplusone-[a-z-]+", options_page())), page.name


def anchors(text):
    """What GitHub calls the headings of a page."""
    headings = [heading.lower() for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)]
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings}


def test_the_demo_sites_own_tests_find_what_its_baseline_knows_and_give_the_samples(tmp_path):
    write_samples(tmp_path)
    results = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    known = (ROOT / "demo_site/nplusone-baseline.jsonl").read_text(encoding="utf-8").splitlines()[1:]
    # One of them is taken out of the baseline for this run, one is lowered, and one that never was is added.
    assert results["problems"] == []
    assert {one["id"] for one in results["findings"]} == {json.loads(line)["id"] for line in known}
    assert {one["label"] for one in results["findings"] if one["fails"]} == {
        "knowledge_graph.Element.created_by",
        "assignments.AssignmentSubmission.answers",
    }
    totals = results["totals"]
    assert [totals[status] for status in ("new", "grown", "known", "fixed")] == [1, 1, len(known) - 2, 1]
    if django.VERSION[:2] != (5, 2):
        return  # the suggestions of later versions have a remark
    for committed in FOLDER.iterdir():
        if committed.name != "run.txt":  # most of that is pytest's
            again = (tmp_path / committed.name).read_text(encoding="utf-8")
            assert again == committed.read_text(encoding="utf-8"), f"run `make docs`: {committed.name} has changed"
