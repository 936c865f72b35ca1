"""Does one find one's way on the page: by sorting, searching, links, keys? In a real Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .pages import AUTHOR, LOAN, PUBLISHER, TAG, article, headings, is_open, is_remembered, labels
from .sample_page import many
from .sample_results import RESULTS

# ---- Finding one's way ----


@pytest.mark.parametrize(
    ("sort", "convert", "descending"),
    [("wasted", int, True), ("count", int, True), ("tests", int, True), ("label", str, False)],
)
def test_findings_are_sorted(make_page, sort, convert, descending):
    page = make_page(many(30))
    page.locator("input[value=none]").check()
    page.locator("#sort").select_option(sort)
    shown = page.locator(".finding").evaluate_all(f"all => all.map((one) => one.dataset.{sort})")
    values = [convert(value) for value in shown]
    assert values == sorted(values, reverse=descending)
    assert len(values) == 30
    page.locator("#sort").select_option("")
    assert page.locator(".finding").first.get_attribute("data-status").endswith("fails")


@pytest.mark.parametrize(
    ("control", "value", "shown", "said"),
    [
        ("#status", "fails", [AUTHOR, PUBLISHER], "2 of 4 findings"),
        ("#status", "grown", [PUBLISHER], "1 of 4 findings"),
        ("#status", "known", [TAG], "1 of 4 findings"),
        ("#status", "warning", [LOAN], "1 of 4 findings"),
        ("#status", "fixed", [], "0 of 4 findings, 1 fixed"),
        ("#kind", "duplicate_query", [TAG], "1 of 4 findings"),
        ("#q", "VIEWS.py:9", [PUBLISHER], "1 of 4 findings"),
        ("#q", "test_authors publisher", [PUBLISHER], "1 of 4 findings"),
        ("#q", "no such thing", [], "0 of 4 findings"),
    ],
)
def test_findings_are_filtered_and_the_address_keeps_it(make_page, control, value, shown, said):
    page = make_page()
    if control == "#q":
        page.fill(control, value)
    else:
        page.select_option(control, value)
    for _ in range(2):  # and once more from the address alone
        expect(page.locator("#shown-number")).to_have_text(said)
        assert labels(page) == [one.label for one in shown]
        assert page.locator("#nothing").is_visible() == (not shown and "fixed" not in said)
        page.reload()
    page.locator("#reset").click()
    assert len(labels(page)) == 4
    assert "#" not in page.url


def test_findings_are_grouped_by_endpoint_by_origin_or_not_at_all(make_page):
    page = make_page()
    by_endpoint = ["GET /authors/", "GET /books/", "Outside of a request", "GET /lists/<int:pk>/"]
    assert headings(page) == by_endpoint
    elsewhere = page.locator(".group").last
    expect(elsewhere).to_contain_text("4 statements here, listed under GET /authors/")
    page.locator("input[value=origin]").check()
    assert headings(page) == ["library/views.py:6", "Origin not known"]
    expect(page.locator(".group-head").first).to_contain_text("books = Book.objects.all()")
    page.locator("input[value=none]").check()
    assert headings(page) == ["All findings"]
    page.locator("input[value=endpoint]").check()
    assert headings(page) == by_endpoint


@pytest.mark.parametrize("results", [RESULTS, many(30)], ids=["four", "thirty"])
def test_the_script_groups_as_the_page_was_written(make_page, results):
    def text():
        # Not the inner text: of groups that the browser has not painted yet there is none.
        return "".join(page.locator("#groups").text_content().split())

    page = make_page(results)
    written = text()
    page.locator("input[value=origin]").check()
    assert text() != written
    page.locator("input[value=endpoint]").check()
    assert text() == written


def test_a_link_opens_its_finding_and_goes_there(make_page):
    results = many(30)
    last = results.results[-1].finding
    page = make_page(results, at=f"#finding-{last.id}")
    assert is_open(page, last)
    expect(article(page, last).locator("summary").first).to_be_focused()
    assert (
        article(page, last)
        .locator("summary")
        .first.evaluate(
            "one => { const at = one.getBoundingClientRect(); return at.top >= 0 && at.bottom <= innerHeight }"
        )
    )
    assert not is_open(page, results.results[0].finding)


def test_a_link_wins_over_a_filter(make_page):
    page = make_page(at="#status=known")
    assert labels(page) == [TAG.label]
    page.locator(".offender a").click()
    expect(article(page, AUTHOR).locator("details").first).to_have_attribute("open", "")
    assert len(labels(page)) == 4


def test_a_total_is_a_way_to_its_findings(make_page):
    page = make_page()
    page.locator(".total a").first.click()
    expect(page.locator(".finding")).to_have_count(2)
    assert page.locator("#status").input_value() == "fails"


@pytest.mark.parametrize("at", ["#nonsense", "#kind=none&sort=x&group=y&status=z", "#finding-"])
def test_a_broken_address_shows_everything(make_page, at):
    page = make_page(at=at)
    assert len(labels(page)) == 4


# ---- Copying and keys ----


@pytest.mark.parametrize("clipboard", [True, False])
def test_the_fix_is_copied(make_page, clipboard):
    page = make_page(permissions=["clipboard-read", "clipboard-write"])
    if not clipboard:  # as on a page of a plain http:// server
        page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')) }")
    article(page, PUBLISHER).locator("summary").first.click()
    button = article(page, PUBLISHER).locator(".copy").first
    button.click()
    expect(page.locator("#said")).to_have_text("Copied")
    expect(button).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == 'select_related("publisher__country")'
    assert button.evaluate("one => one === document.activeElement")


def test_everything_is_reached_by_keys(make_page):
    page = make_page(permissions=["clipboard-read", "clipboard-write"])

    def focused():
        return page.evaluate("document.activeElement.closest('.finding')?.id ?? document.activeElement.id")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert focused() == "findings"
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert focused() == f"finding-{PUBLISHER.id}"
    page.keyboard.press("k")
    assert focused() == f"finding-{AUTHOR.id}"
    page.keyboard.press("Enter")
    assert is_open(page, AUTHOR)
    page.keyboard.press("c")
    expect(page.locator("#said")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == 'select_related("author")'
    page.keyboard.press("e")
    assert is_open(page, LOAN)
    expect(page.locator("#open-all")).to_have_text("Close all")
    page.keyboard.press("g")
    assert headings(page)[0] == "library/views.py:6"
    assert page.url.endswith("#group=origin")
    page.keyboard.press("/")
    page.keyboard.type("tag")
    expect(page.locator(".finding")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert len(labels(page)) == 4


def test_the_keys_are_explained_and_can_be_switched_off(make_page):
    page = make_page()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    keys.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    assert keys.is_hidden()
    with is_remembered(page, "nplusone-keys", "off"):
        page.reload()
    page.keyboard.press("e")
    assert not is_open(page, AUTHOR)
    page.locator("#help-button").click()
    assert keys.is_visible()
