"""A baseline lets old findings be, fails new ones, and gets smaller: the way a project adopts the plugin."""

from __future__ import annotations

import json
import textwrap
from dataclasses import replace

import pytest
from pytest_nplusone.baseline import Baseline, Coverage, Entry, fixed_in, updated
from pytest_nplusone.results import Result, Seen

from .sample_results import finding

TESTS = """
    import pytest

    from factories import stock

    def test_list(client, books):
        client.get("/authors/")

    def test_long_list(client, db):
        stock(6)
        client.get("/authors/")

    @pytest.mark.xdist_group("pages")
    def test_page(client, books):
        client.get("/page/")

    def test_clean(client, books):
        client.get("/fixed/")
"""
VIEWS = """
    from django.http import HttpResponse

    from .models import Book

    def authors(request):
        names = []
        for book in Book.objects.all():
            names.append(book.author.name)
        return HttpResponse(names)

    def page(request):
        names = []
        for book in Book.objects.all():
            names.append(book.author.name)
        return HttpResponse(names)

    def fixed(request):
        names = []
        for book in Book.objects.select_related("author"):
            names.append(book.author.name)
        return HttpResponse(names)
"""
URLS = """
    from django.urls import path

    from . import views

    urlpatterns = [path(f"{name}/", getattr(views, name)) for name in ("authors", "page", "fixed")]
"""
FILE = "nplusone-baseline.jsonl"
BASELINE = f"--nplusone-baseline={FILE}"
UPDATE = "--nplusone-update-baseline"
PRUNE = "--nplusone-prune"
# Like the file of a team: the option stands in the ini file, strict mode too.
SHORT = ("--tb=line", "-rN")


@pytest.fixture
def project(make_project):
    return make_project(test_them=TESTS, **{"library/views": VIEWS, "library/urls": URLS})


def write(project, name, source):
    (project.folder / name).write_text(textwrap.dedent(source).lstrip("\n"))


def entries(project):
    """What the file has, by the function of the culprit."""
    lines = (project.folder / FILE).read_text().splitlines()
    assert json.loads(lines[0])["nplusone_baseline"] == 1
    records = [json.loads(line) for line in lines[1:]]
    return {one["culprit"].rpartition(" ")[2]: (one["count"], one["tests"]) for one in records}


def failed(run):
    return {name for name, outcome in run.outcomes.items() if outcome != "passed"}


def test_the_story_of_a_project_that_adopts_the_plugin(project):
    # A legacy project: two N+1s in three tests.
    assert failed(project.run("--nplusone-strict")) == {"test_list", "test_long_list", "test_page"}

    # Monday: the baseline is written, and the suite is green.
    run = project.run(BASELINE, UPDATE, *SHORT)
    assert run.code == 0
    run.lines.fnmatch_lines([f"nplusone: {FILE}: 2 added"])
    assert entries(project) == {
        "authors": (6, ["test_them.py::test_list", "test_them.py::test_long_list"]),
        "page": (4, ["test_them.py::test_page"]),
    }
    run = project.run(BASELINE, *SHORT)
    assert run.code == 0
    run.lines.fnmatch_lines(["nplusone: nothing new, 2 known"])

    # Tuesday: somebody brings a new one. Only it is red.
    write(
        project, "library/views.py", VIEWS.replace('Book.objects.select_related("author")', "Book.objects.all()")
    )
    run = project.run(BASELINE, *SHORT)
    assert run.code == 1
    assert failed(run) == {"test_clean"}
    run.lines.fnmatch_lines(["nplusone: 1 new finding in 1 test, 2 known, worst: library.Book.author × 4"])

    # Wednesday: it is fixed, and an old one too.
    write(
        project,
        "library/views.py",
        VIEWS.replace("Book.objects.all()", 'Book.objects.select_related("author")', 1),
    )
    run = project.run(BASELINE, *SHORT)
    assert run.code == 0
    run.lines.fnmatch_lines(
        [
            "fixed: library.Book.author × 6  library/views.py in authors",
            "",
            "nplusone: nothing new, 1 known, 1 fixed*",
        ]
    )
    assert set(entries(project)) == {"authors", "page"}

    # Thursday: what is fixed is taken out, so that it cannot come back.
    run = project.run(BASELINE, PRUNE, *SHORT)
    assert run.code == 0
    run.lines.fnmatch_lines([f"nplusone: {FILE}: 1 removed"])
    assert set(entries(project)) == {"page"}
    write(project, "library/views.py", VIEWS)
    assert failed(project.run(BASELINE, *SHORT)) == {"test_list", "test_long_list"}

    # Friday: what is left gets worse.
    write(
        project,
        "library/views.py",
        VIEWS.replace("Book.objects.all()", 'Book.objects.select_related("author")', 1),
    )
    write(
        project,
        "test_them.py",
        TESTS.replace("test_page(client, books):", "test_page(client, db):\n        stock(9)"),
    )
    run = project.run(BASELINE)
    assert run.code == 1
    assert failed(run) == {"test_page"}
    assert "  grown: 4 → 9 statements since the baseline was written\n" in run.failures["test_page"]
    run.lines.fnmatch_lines(
        [
            "library.Book.author × 4 → 9  n_plus_one, 8 too many, more than the baseline has",
            "nplusone: 1 grown in 1 test, worst: library.Book.author × 9",
        ]
    )


def test_workers_write_the_same_file_and_fail_the_same_tests(project):
    project.run(BASELINE, UPDATE)
    alone = (project.folder / FILE).read_bytes()
    (project.folder / FILE).unlink()
    # By groups, too, for which pytest-xdist changes the node ids of tests.
    assert project.run(BASELINE, UPDATE, "-n", "2", "--dist", "loadgroup").code == 0
    assert (project.folder / FILE).read_bytes() == alone
    write(
        project, "library/views.py", VIEWS.replace('Book.objects.select_related("author")', "Book.objects.all()")
    )
    run = project.run(BASELINE, "-n", "2")
    assert failed(run) == {"test_clean"}
    run.lines.fnmatch_lines(["nplusone: 1 new finding in 1 test, 2 known, worst: library.Book.author × 4"])


def test_a_part_of_the_tests_loses_nothing_and_adds_what_it_sees(project):
    project.run(BASELINE, UPDATE, "-k", "test_list")
    assert entries(project) == {"authors": (4, ["test_them.py::test_list"])}
    project.run(BASELINE, UPDATE, PRUNE, "-k", "long")
    assert entries(project)["authors"] == (6, ["test_them.py::test_list", "test_them.py::test_long_list"])
    project.run(BASELINE, UPDATE, PRUNE, "-k", "test_list or page")
    assert entries(project)["authors"] == (6, ["test_them.py::test_list", "test_them.py::test_long_list"])
    assert entries(project)["page"] == (4, ["test_them.py::test_page"])
    # A test that fails before it comes to its query, and one whose fixture is missing, fix nothing.
    broken = TESTS.replace("def test_page(client, books):", "def test_page(client, books):\n        assert 0")
    write(
        project, "test_them.py", broken.replace("def test_list(client, books)", "def test_list(client, nothing)")
    )
    before = (project.folder / FILE).read_bytes()
    run = project.run(BASELINE, UPDATE, PRUNE)
    assert "fixed" not in run.text
    assert (project.folder / FILE).read_bytes() == before


def test_lines_move_and_tests_and_functions_are_renamed_without_a_red_test(project):
    project.run(BASELINE, UPDATE)
    write(project, "library/views.py", VIEWS.replace("    def ", "    # a line more\n    def "))
    write(project, "test_them.py", TESTS.replace("def test_", "def test_the_"))
    run = project.run(BASELINE, UPDATE)
    assert run.code == 0
    assert "fixed" not in run.text
    assert entries(project)["page"] == (4, ["test_them.py::test_the_page"])

    write(
        project, "library/views.py", VIEWS.replace("def page(", "def pages(").replace("def authors(", "def names(")
    )
    urls = URLS.replace(
        '("authors", "page", "fixed")', '{"authors": "names", "page": "pages", "fixed": "fixed"}.items()'
    )
    write(
        project,
        "library/urls.py",
        urls.replace("views, name)", "views, function)").replace("for name", "for name, function"),
    )
    run = project.run(BASELINE)
    assert run.code == 0
    run.lines.fnmatch_lines(["nplusone: nothing new, 2 known"])
    project.run(BASELINE, UPDATE)
    assert set(entries(project)) == {"pages", "names"}


def test_a_loop_that_is_copied_to_a_second_place_is_new(project):
    project.run(BASELINE, UPDATE)
    copied = VIEWS.replace("def page(request):", "def page(request):\n        copied()")
    copied += "\n    def copied():\n        return [book.author.name for book in Book.objects.all()]\n"
    write(project, "library/views.py", copied)
    run = project.run(BASELINE)
    assert failed(run) == {"test_page"}
    assert "  the baseline has it in library/views.py, authors only\n" in run.failures["test_page"]


HEAD = '{"nplusone_baseline": 1, "about": ""}\n'
LINE = (
    '{"label": "library.Book.author", "kind": "n_plus_one", "culprit": "", "count": 4, "tests": [], '
    '"id": "0123456789ab"}\n'
)
WRONG = {
    "missing": (None, "which does not exist; --nplusone-update-baseline writes it"),
    "empty": ("\n", "the file is empty; delete it, and --nplusone-update-baseline writes it"),
    "no baseline": ('{"version": 1}\n', "line 1: this is no such file: its first line is not {"),
    "later": (
        '{"nplusone_baseline": 2}\n',
        "line 1: nplusone_baseline is 2, expected 1: a later release has written it",
    ),
    "no JSON": (HEAD + "{,\n", "line 2: this is no JSON: Expecting property name"),
    "a list": (HEAD + "[]\n", "line 2: '[]' is no JSON object"),
    "a field too few": (HEAD + '{"label": "x"}\n', "line 2: the line has no 'kind', expected a text"),
    "a wrong type": (HEAD + LINE.replace(": 4", ': "4"'), "line 2: the line has '4' as 'count', expected a whole"),
    "a negative count": (
        HEAD + LINE.replace(": 4", ": -4"),
        "line 2: the line has -4 as 'count', expected a count",
    ),
    "twice": (
        HEAD + LINE + LINE,
        "line 3: the finding 0123456789ab (library.Book.author) is on line 2 already; keep",
    ),
    "conflict": (
        HEAD + "<<<<<<< HEAD\n" + LINE + "=======\n" + LINE + ">>>>>>> branch\n",
        "line 2: a merge conflict; keep the lines of both sides, delete the marks, and update it",
    ),
    "latin": ("\udcff", "the file is no UTF-8 text"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_file_that_cannot_be_meant_is_a_usage_error(pytester, what):
    text, message = WRONG[what]
    if text is not None:
        (pytester.path / FILE).write_text(text, encoding="utf-8", errors="surrogateescape")
    run = pytester.runpytest_inprocess("-p", "no:django", "-p", "no:asyncio", BASELINE)
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: --nplusone-baseline " in run.stderr.str()
    assert message in run.stderr.str()


@pytest.mark.parametrize("option", [UPDATE, PRUNE])
def test_an_update_needs_a_file(pytester, option):
    run = pytester.runpytest_inprocess("-p", "no:django", "-p", "no:asyncio", option)
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines([f"ERROR: {option} needs a file: --nplusone-baseline=*"])


def test_the_ini_file_names_the_baseline_of_strict_runs(project):
    (project.folder / FILE).write_text(HEAD)
    with (project.folder / "pytest.ini").open("a") as ini:
        ini.write(f"nplusone_strict = true\nnplusone_baseline = {FILE}\n")
    run = project.run(UPDATE, "-k", "page")
    assert run.code == 0
    assert failed(project.run()) == {"test_list", "test_long_list"}
    (project.folder / FILE).unlink()
    assert project.run("-o", "nplusone_strict=false").code == 0
    assert project.run().code == pytest.ExitCode.USAGE_ERROR
    # And a run in which nothing was watched writes none.
    assert project.run(UPDATE, "-k", "nothing").code == pytest.ExitCode.NO_TESTS_COLLECTED
    assert not (project.folder / FILE).exists()


def run_of(*completed, whole=False, reported=(), **values):
    """A run in which these tests were completed."""
    return Coverage(set(completed), {*completed, *reported}, whole, {"n_plus_one"}, **values)


def entry(*tests, count=4, **values):
    return Entry(
        "0123456789ab", "n_plus_one", "library.Book.author", "library/views.py in page", count, tests, **values
    )


@pytest.mark.parametrize(
    ("known", "run", "is_gone"),
    [
        (entry("a"), run_of("a"), True),
        (entry("a", "b"), run_of("a", "b", "c"), True),
        (entry("a", "b"), run_of("a"), False),
        (entry("a", "b"), run_of("a", whole=True), True),  # b is there no more
        (entry("a", "b"), run_of("a", whole=True, reported="b"), False),  # b failed on its own
        (entry("a", more_tests=True), run_of("a"), False),
        (entry("a", more_tests=True), run_of("a", whole=True), True),
        (entry(), run_of("a"), False),
        (entry(), run_of("a", whole=True), True),
        (entry("a", count=4), run_of("a", threshold=5), False),  # nobody looked for four
        (replace(entry("a"), kind="latent_n_plus_one"), run_of("a", whole=True), False),
    ],
)
def test_an_entry_is_fixed_when_all_who_saw_it_ran_and_see_it_no_more(known, run, is_gone):
    assert bool(fixed_in(Baseline([known]), (), {}, run)) is is_gone
    pruned = updated(Baseline([known]), (), {}, run, update=True, prune=True)
    assert pruned.removed == is_gone


def result(count, *tests):
    seen = tuple(Seen(test, count) for test in tests)
    return Result(finding("library.Book.author", count, id="0123456789ab"), seen)


@pytest.mark.parametrize(
    ("known", "run", "count", "expected"),
    [
        (entry("a"), run_of("a"), 2, 2),
        (entry("a", "b"), run_of("a"), 2, 4),  # b may still see four
        (entry("a", "b"), run_of("a"), 7, 7),
        (entry("a", more_tests=True), run_of("a"), 2, 4),
        (entry("a", more_tests=True), run_of("a", whole=True), 2, 2),
    ],
)
def test_a_count_comes_down_when_all_who_saw_it_ran(known, run, count, expected):
    changes = updated(Baseline([known]), [result(count, "a")], {}, run, update=True, prune=False)
    (after,) = changes.baseline.entries.values()
    assert after.count == expected


def test_a_finding_that_thousands_of_tests_see_keeps_a_readable_line():
    known = entry("x1", "x2", "x3")
    tests = [f"x{number}" for number in range(2000)]
    changes = updated(Baseline([known]), [result(4, *tests)], {}, run_of(*tests), update=True, prune=True)
    (after,) = changes.baseline.entries.values()
    assert set(known.tests) < set(after.tests)
    assert len(after.tests) == 5
    assert after.more_tests
    again = updated(changes.baseline, [result(4, *reversed(tests))], {}, run_of(*tests), update=True, prune=True)
    assert again.baseline == changes.baseline


def test_tests_that_a_worker_leaves_out_are_not_taken_for_gone(project):
    project.run(BASELINE, UPDATE)
    before = (project.folder / FILE).read_bytes()
    with (project.folder / "conftest.py").open("a") as conftest:
        conftest.write(
            "\ndef pytest_collection_modifyitems(config, items):\n"
            "    config.hook.pytest_deselected(items=[one for one in items if 'page' in one.name])\n"
            "    items[:] = [one for one in items if 'page' not in one.name]\n"
        )
    run = project.run(BASELINE, UPDATE, PRUNE, "-n", "2")
    assert set(run.outcomes) == {"test_list", "test_long_list", "test_clean"}
    assert (project.folder / FILE).read_bytes() == before
