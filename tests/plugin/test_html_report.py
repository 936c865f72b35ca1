"""Does the page show everything, to everybody, and nothing that it should not run? In a real Chromium."""

from __future__ import annotations

import dataclasses
import re

import pytest
from playwright.sync_api import expect
from pytest_nplusone.reports import html
from pytest_nplusone.results import Result, Results, Seen

from nplusone_guard.findings import Place

from .pages import AUTHOR, PUBLISHER, article, headings, is_remembered
from .sample_page import many
from .sample_results import RESULTS, finding

HOSTILE = '</script><script>hacked=1</script><img src="https://x.invalid/" onerror="hacked=1">\'"&lt;{{ x }}\u202e'


# ---- What it says ----


def test_the_page_says_what_is_broken_what_it_costs_and_how_to_fix_it(make_page):
    page = make_page()
    assert page.locator("h1").text_content() == "2 findings fail this run"
    totals = dict(zip(page.locator(".total dt").all_text_contents(), page.locator(".total").all(), strict=True))
    values = {name: total.locator("dd").first.text_content() for name, total in totals.items()}
    assert values == {
        "Failing": "2",
        "Warnings": "1",
        "Known": "1",
        "Fixed": "1",
        "To save": "53",
        "Endpoints": "3",
        "Tests": "5",
        "Worst offender": "library.Book.author",
    }
    row = article(page, AUTHOR).locator("summary").first.text_content()
    for part in ("New", "library.Book.author", "library/views.py:8", "3 tests", "40 statements", "saves 39"):
        assert part in row
    assert 'select_related("author")' in row


def test_a_finding_shows_its_places_its_statement_its_tests_and_what_is_meant(make_page):
    page = make_page()
    one = article(page, AUTHOR)
    one.locator("summary").first.click()
    for part in (
        "on the query at library/views.py:6",
        "books = Book.objects.all()",
        "in the loop for book in books, line 7",
        "tests/test_views.py::test_authors[<b>&]",
        "GET /lists/<int:pk>/",
        '@pytest.mark.nplusone(ignore=["library.Book.author"])',
        "# nplusone: ignore[library.Book.author] reason",
    ):
        expect(one).to_contain_text(part, use_inner_text=True)
    assert one.locator(".sql").inner_text().splitlines() == [
        'SELECT "library_author"."id"',
        'FROM "library_author"',
        'WHERE "library_author"."id" = ?',
        "LIMIT ?",
    ]
    widths = one.locator(".chart rect").evaluate_all("bars => bars.map((bar) => bar.getAttribute('width'))")
    assert widths == ["100%", "10%", "10%"]
    expect(article(page, PUBLISHER).locator("summary").first).to_contain_text("was 5")


def test_many_columns_are_folded(make_page):
    page = make_page(many(1))
    one = page.locator(".finding")
    expect(one.locator(".sql").first).to_be_visible()
    assert one.locator(".sql").first.inner_text().startswith("SELECT …\nFROM")
    assert one.locator(".sql").last.is_hidden()
    one.get_by_text("With its columns").click()
    expect(one.locator(".sql").last).to_contain_text('"shop_order"."column_23"')


def test_the_culprit_has_two_lines_around_it(make_page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "views.py").write_text("\n".join(f"    line_{number} = '<b>'" for number in range(1, 12)))
    page = make_page()
    article(page, AUTHOR).locator("summary").first.click()
    culprit = article(page, AUTHOR).locator(".source").first
    numbers = culprit.locator(".line").evaluate_all("lines => lines.map((line) => line.dataset.number)")
    assert numbers == ["6", "7", "8", "9", "10"]
    assert culprit.locator(".meant").text_content().strip() == "line_8 = '<b>'"


def test_what_is_fixed_and_what_broke_is_told(make_page):
    page = make_page(dataclasses.replace(RESULTS, problems=("tests/test_a.py::test: KeyError <b>",)))
    expect(page.locator("#fixed")).to_contain_text("library.Loan.reader")
    expect(page.get_by_role("region", name="Not everything could be judged")).to_contain_text("KeyError <b>")


@pytest.mark.parametrize(
    ("results", "heading", "said"),
    [
        (Results(tests=240), "No findings in 240 tests", "There is nothing to do here"),
        (Results(), "No test was watched", "Did pytest select any test"),
        (Results(RESULTS.results[2:], tests=9), "Nothing fails: 1 warning and 1 known finding", "library.Tag"),
        (
            Results(fixed=RESULTS.fixed, tests=9, baseline="b.json"),
            "No findings in 9 tests",
            "library.Loan.reader",
        ),
    ],
)
def test_a_run_without_failures_is_told_in_a_sentence(make_page, results, heading, said):
    page = make_page(results)
    assert page.locator("h1").text_content() == heading
    expect(page.locator("main")).to_contain_text(said)


def test_equal_results_make_equal_pages_with_a_given_date(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert html.render(RESULTS) == html.render(RESULTS)
    assert "2023-11-14 22:13 UTC" in html.render(RESULTS)


def test_a_finding_of_hundreds_of_tests_stays_small(make_page):
    seen = tuple(Seen(f"tests/test_a.py::test[{number}]", 5, f"GET /{number}/") for number in range(500))
    page = make_page(Results((Result(AUTHOR, seen),), tests=500))
    assert page.locator(".chart tr:has(svg)").count() == 100
    expect(page.locator("main")).to_contain_text("Seen by 500 tests")
    page.locator(".more summary").click()
    expect(page.locator("main")).to_contain_text("and 400 more that are not listed")


def test_a_run_writes_the_page(make_page, make_project):
    project = make_project(
        test_library="""
        def test_list(client, books):
            client.get("/authors/")
    """
    )
    ran = project.run("--nplusone-strict", "--nplusone-html=report/page.html")
    ran.lines.fnmatch_lines(["*HTML report: report/page.html*"])
    page = make_page(written=project.folder / "report" / "page.html")
    assert page.locator("h1").text_content() == "1 finding fails this run"
    assert page.locator(".meant").first.text_content().strip() == "names.append(book.author.name)"
    assert headings(page) == ["GET /authors/"]


# ---- For everybody ----


def test_it_can_be_read_without_javascript(make_page):
    page = make_page(java_script_enabled=False)
    assert page.locator("#controls").is_hidden()
    assert page.locator(".copy").first.is_hidden()
    assert headings(page) == ["GET /authors/", "GET /books/", "Outside of a request", "GET /lists/<int:pk>/"]
    article(page, AUTHOR).locator("summary").first.click()
    expect(page.locator("main")).to_contain_text("on the query at library/views.py:6")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_accessibility_tools_have_nothing_to_say(make_page, theme, width):
    from axe_playwright_python.sync_playwright import Axe

    results = dataclasses.replace(RESULTS, problems=("one",))
    page = make_page(results, color_scheme=theme, viewport={"width": width, "height": 900})
    page.locator("#open-all").click()
    assert report(Axe().run(page)) == []
    page.locator("input[value=origin]").check()
    assert report(Axe().run(page)) == []
    page.locator("#help-button").click()
    assert report(Axe().run(page)) == []


def report(found):
    return [
        (one["id"], one["help"], [node["html"] for node in one["nodes"]]) for one in found.response["violations"]
    ]


def test_a_small_screen_scrolls_one_way_only(make_page):
    page = make_page(viewport={"width": 320, "height": 800})
    page.locator("#open-all").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_on_paper_everything_is_open(make_page):
    page = make_page()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator(".finding > details[open]").count() == 4
    assert page.locator("#controls").is_hidden()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(29, 32, 37)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.locator(".body:visible").count() == 0


def test_the_theme_is_remembered(make_page):
    page = make_page(color_scheme="light")

    def background():
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    light = background()
    page.locator("#theme").click()
    page.locator("#theme").click()
    expect(page.locator("#theme")).to_have_text("Theme: dark")
    dark = background()
    assert dark != light
    with is_remembered(page, "nplusone-theme", "dark"):
        page.reload()
    assert background() == dark
    page.locator("#theme").click()
    expect(page.locator("#theme")).to_have_text("Theme: system")
    assert background() == light


# ---- Much, and hostile ----


def test_five_hundred_findings_are_searched_and_opened(make_page):
    page = make_page(many(500))
    expect(page.locator("#shown-number")).to_have_text("500 findings")
    page.fill("#q", "order499")
    expect(page.locator(".finding")).to_have_count(1)
    page.locator(".finding summary").first.click()
    assert page.locator(".body:visible").count() == 1


def test_nothing_in_a_finding_becomes_markup(make_page):
    place = Place(f"{HOSTILE}.py", 1, HOSTILE, HOSTILE, f"name {HOSTILE}", f"loop {HOSTILE}, line 1")
    bad = finding(
        HOSTILE,
        culprit=place,
        origin=dataclasses.replace(place, line=2),
        via=place,
        sql=f"SELECT {HOSTILE} FROM /* {HOSTILE} */ \ud800 WHERE",
        suggestion=HOSTILE,
        through=(HOSTILE,),
        alias=HOSTILE,
    )
    fixed = tuple(dataclasses.replace(one, label=HOSTILE, culprit=HOSTILE, kind=HOSTILE) for one in RESULTS.fixed)
    results = Results(
        (Result(bad, (Seen(HOSTILE, 4, HOSTILE), Seen(HOSTILE, 3, f"2 {HOSTILE}"))),),
        fixed,
        1,
        HOSTILE,
        (HOSTILE,),
    )
    page = make_page(results)
    assert page.evaluate("typeof hacked") == "undefined"
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 2
    assert page.locator("h4").text_content().startswith(HOSTILE)
    for group in ("origin", "none", "endpoint"):
        page.locator(f"input[value={group}]").check()
        assert HOSTILE in page.locator("#groups").text_content()
    assert page.evaluate("typeof hacked") == "undefined"
    page.locator("#kind").select_option(HOSTILE)
    assert page.locator("#fixed").is_visible()


def test_scripts_run_under_a_policy_that_lets_nothing_else_run(make_page):
    written = html.render(RESULTS)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', written)[1]
    assert "unsafe" not in policy
    assert policy.startswith("default-src &#x27;none&#x27;;")
    assert not re.search(r'(?:src|href)="(?!#|data:,)', written)
    assert written.count("</script>") == written.count("<script>") == 2
    assert written.count("</style>") == 1


def test_the_projects_settings_have_no_say_in_it(settings):
    settings.TEMPLATES = []
    settings.USE_THOUSAND_SEPARATOR = True
    settings.LANGUAGE_CODE = "de"
    page = html.render(Results((Result(finding("library.Book.author", 12345), (Seen("t", 12345),)),), tests=1))
    assert 'data-count="12345"' in page
    assert "12,345" in page
