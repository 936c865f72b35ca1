"""Budgets write themselves: what a block or a test did when it was recorded is what it may do."""

from __future__ import annotations

import json
import textwrap

import pytest
from pytest_nplusone.recorded_budgets import BudgetBook, Recorded, ShapeBudget, merged_books

TESTS = """
    import pytest
    from asgiref.sync import sync_to_async

    from factories import stock
    from library.models import Author, Book

    def test_block(client, books, assert_max_queries):
        with assert_max_queries():
            client.get("/fixed/")

    def test_two_blocks(client, books, assert_max_queries):
        with assert_max_queries():
            client.get("/fixed/")
        with assert_max_queries(info="all authors"):
            client.get("/authors/")

    @pytest.mark.parametrize("number", [1, 3])
    def test_sizes(client, db, number, assert_max_queries):
        stock(number)
        with assert_max_queries():
            client.get("/authors/")

    @pytest.mark.django_db(transaction=True)
    async def test_async(assert_max_queries):
        await sync_to_async(stock)(2)
        async with assert_max_queries():
            [book async for book in Book.objects.all()]

    def test_without_a_query(assert_max_queries):
        with assert_max_queries():
            pass

    def test_without_a_block(client, books):
        client.get("/authors/")
"""
FILE = "nplusone-budgets.lock"
UPDATE = "--nplusone-update-budgets"
SHORT = ("--tb=short", "-rN")


@pytest.fixture
def project(make_project):
    return make_project(test_them=TESTS)


def write(project, name, source):
    (project.folder / name).write_text(textwrap.dedent(source).lstrip("\n"))


def counts(project):
    """The recorded counts, by test and block."""
    lines = (project.folder / FILE).read_text().splitlines()
    assert json.loads(lines[0])["nplusone_budgets"] == 1
    return {(one["test"].partition("::")[2], one["block"]): one["count"] for one in map(json.loads, lines[1:])}


def failed(run):
    return {name for name, outcome in run.outcomes.items() if outcome != "passed"}


BLOCKS = {
    ("test_block", "1"): 1,
    ("test_two_blocks", "1"): 1,
    ("test_two_blocks", "all authors"): 5,
    ("test_sizes[1]", "1"): 2,
    ("test_sizes[3]", "1"): 4,
    ("test_async", "1"): 1,
}


def test_a_block_without_a_number_is_recorded_and_held_to_it(project):
    # Nobody has recorded it: the failure says how.
    run = project.run()
    assert failed(run) == {"test_block", "test_two_blocks", "test_sizes[1]", "test_sizes[3]", "test_async"}
    assert (
        "Expected a recorded budget of the block 1 in nplusone-budgets.lock but there is none: 1 query was done\n"
        "record it:\n"
        "  pytest --nplusone-update-budgets test_them.py::test_block\n"
    ) in run.failures["test_block"].replace("E       ", "").replace("Failed: ", "")

    run = project.run(UPDATE)
    assert run.code == 0
    run.lines.fnmatch_lines([f"nplusone: {FILE}: 6 added"])
    assert counts(project) == BLOCKS
    recorded = (project.folder / FILE).read_text()
    assert "?" in recorded
    assert "author 0" not in recorded

    run = project.run()
    assert run.code == 0
    assert "nplusone:" not in run.text

    # Lines may move, and a block may do less.
    write(project, "test_them.py", TESTS.replace("def test_block", "# more\n\n    def test_block"))
    assert project.run().code == 0
    fewer = TESTS.replace('client.get("/authors/")', 'client.get("/fixed/")', 1)
    write(project, "test_them.py", fewer)
    assert project.run().code == 0
    assert counts(project) == BLOCKS
    run = project.run(UPDATE)
    run.lines.fnmatch_lines([f"nplusone: {FILE}: 1 lowered"])
    assert counts(project) == {**BLOCKS, ("test_two_blocks", "all authors"): 1}

    # What it did before is too much now.
    write(project, "test_them.py", TESTS)
    run = project.run(*SHORT)
    assert failed(run) == {"test_two_blocks"}


def test_the_failure_tells_which_statements_came_and_which_went(project):
    project.run(UPDATE, "-k", "test_block")
    write(project, "test_them.py", TESTS.replace('client.get("/fixed/")', 'client.get("/authors/")', 1))
    run = project.run("-k", "test_block")
    lines = [line[1:].strip() for line in run.text.splitlines() if line.startswith("E ")]
    assert lines[0] == "Failed: Expected to perform the 1 recorded queries or less but 5 were done"
    assert "+ 4 × library.Book.author (n_plus_one)" in lines
    assert 'fix: select_related("author")' in [line.partition("  #")[0] for line in lines]
    assert any(line.startswith("+ 1 × SELECT … FROM") for line in lines)
    assert any(line.startswith("- 1 × SELECT … FROM library_book INNER JOIN") for line in lines)
    assert lines[-2:] == ["meant?", "pytest --nplusone-update-budgets test_them.py::test_block"]


def test_workers_record_the_same(project):
    project.run(UPDATE)
    alone = (project.folder / FILE).read_bytes()
    (project.folder / FILE).unlink()
    assert project.run(UPDATE, "-n", "2").code == 0
    assert (project.folder / FILE).read_bytes() == alone
    assert project.run("-n", "2").code == 0


def test_every_test_can_have_a_recorded_budget(project):
    run = project.run("--nplusone-budgets")
    assert run.code == pytest.ExitCode.USAGE_ERROR
    assert "which does not exist; --nplusone-update-budgets writes it" in run.text
    project.run("--nplusone-budgets", UPDATE)
    bodies = {test: count for (test, block), count in counts(project).items() if not block}
    # A test without a query needs no line; a savepoint counts.
    assert bodies["test_without_a_block"] == 5
    assert "test_without_a_query" not in bodies
    assert project.run("--nplusone-budgets").code == 0
    write(project, "factories.py", (project.folder / "factories.py").read_text().replace("number=4", "number=6"))
    run = project.run("--nplusone-budgets", "-n", "2")
    assert failed(run) == {"test_two_blocks", "test_without_a_block"}
    assert (
        "Expected to perform the 5 recorded queries or less but 7 were done"
        in run.failures["test_without_a_block"]
    )
    # Recording blocks leaves the bodies alone.
    project.run(UPDATE, "-k", "test_block")
    assert {test: count for (test, block), count in counts(project).items() if not block} == bodies


def test_a_test_that_fails_and_tests_that_did_not_run_keep_their_records(project):
    project.run(UPDATE)
    write(
        project,
        "test_them.py",
        TESTS.replace('client.get("/authors/")', "assert 0", 1).replace("test_async", "test_as"),
    )
    project.run(UPDATE, "-k", "two_blocks or test_as")
    assert counts(project) == {**BLOCKS, ("test_as", "1"): 1}
    # In a whole run, what is there no more is left out.
    project.run(UPDATE)
    assert counts(project) == {
        ("test_as" if test == "test_async" else test, block): count for (test, block), count in BLOCKS.items()
    }


HEAD = '{"nplusone_budgets": 1, "about": ""}\n'
LINE = '{"test": "test_a.py::test_a", "block": "", "count": 1, "shapes": ["1 0123456789abcdef SELECT"]}\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}\n", "line 1: this is no such file"),
        (HEAD + LINE + LINE, "line 3: this block of test_a.py::test_a is on line 2 already"),
        (HEAD + LINE.replace("1 0123", "x 0123"), "line 2: a text in 'shapes' is none of a shape, such as"),
    ],
)
def test_a_file_that_cannot_be_meant_is_a_usage_error(pytester, text, message):
    (pytester.path / FILE).write_text(text)
    run = pytester.runpytest_inprocess("-p", "no:django", "-p", "no:asyncio", "--nplusone-budgets")
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    assert message in run.stderr.str()


def test_blocks_without_a_number_tell_of_a_broken_file(project):
    (project.folder / FILE).write_text(HEAD + LINE + "<<<<<<< HEAD\n")
    run = project.run("-k", "test_block")
    assert "nplusone-budgets.lock, line 3: a merge conflict" in run.failures["test_block"]


def test_a_record_reads_as_it_was_written():
    one = Recorded("test_a.py::test[x y]", "the list", 3, (ShapeBudget("0123456789abcdef", 3, "SELECT … FROM a"),))
    assert Recorded.from_dict(one.to_dict()) == one
    book = BudgetBook([one])
    assert merged_books(book, {}, {"b"}, each_test=False, whole=False).budgets == book.budgets
    assert merged_books(book, {}, {"b"}, each_test=False, whole=True).budgets == {}
    assert merged_books(book, {one.test: []}, {one.test}, each_test=False, whole=False).budgets == {}
