"""With one row nothing repeats; what a second one would repeat is a warning, or a failure where that is wanted."""

from __future__ import annotations

import pytest

PLAIN_PYTEST = ("-p", "no:django", "-p", "no:asyncio")
LATENT = "--nplusone-strict=latent"

ONE_BOOK = """
    import pytest
    from library.models import Author, Book
    from library.services import author_name, author_names

    @pytest.fixture
    def book(db):
        return Book.objects.create(title="one", author=Author.objects.create(name="author"))
"""

TESTS = (
    ONE_BOOK
    + """
    def test_request(client, book):
        assert client.get("/authors/").status_code == 200

    def test_body(book):
        assert author_names() == ["author"]

    def test_fixed(client, book):
        assert client.get("/fixed/").status_code == 200

    def test_one_by_key(client, book):
        assert client.get(f"/author/{book.pk}/").status_code == 200
        assert author_name(book.pk) == "author"

    def test_stream(client, book):
        assert b"".join(client.get("/stream/"))
"""
)


def test_a_loop_over_one_row_is_a_warning(make_project):
    run = make_project(test_latent=TESTS).run("--nplusone-strict")
    assert set(run.outcomes.values()) == {"passed"}
    run.lines.fnmatch_lines(
        [
            "library.Book.author × 1  latent_n_plus_one, does not fail",
            '  fix: select_related("author")*',
            "nplusone: 3 findings in 3 tests, worst: library.Book.author × 1",
        ]
    )


def test_and_a_failure_where_that_is_asked_for(make_project):
    run = make_project(test_latent=TESTS).run(LATENT)
    failing = {
        "test_request": "views.py:8",
        "test_body": "services.py:6",
        "test_stream": "views.py:",
    }
    assert run.outcomes == dict.fromkeys(failing, "failed") | dict.fromkeys(
        ("test_fixed", "test_one_by_key"), "passed"
    )
    for name, culprit in failing.items():
        assert "latent_n_plus_one: library.Book.author × 1" in run.failures[name]
        assert "in a loop over rows, of which this test has too few" in run.failures[name]
        assert culprit in run.failures[name]
        assert 'fix: select_related("author")' in run.failures[name]


def test_what_repeats_in_one_test_is_not_told_a_second_time_for_another(make_project):
    both = (
        TESTS
        + """
    def test_many(client, books):
        assert client.get("/authors/").status_code == 200
"""
    )
    run = make_project(test_latent=both).run("--nplusone-strict", "-k", "test_request or test_many")
    assert run.outcomes == {"test_request": "passed", "test_many": "failed"}
    run.lines.fnmatch_lines(["nplusone: 1 finding in 2 tests, worst: library.Book.author × 4"])
    assert "latent_n_plus_one" not in run.text


IGNORED = (
    ONE_BOOK
    + """
    @pytest.mark.nplusone(ignore=["library.Book.author"])
    def test_by_label(client, book):
        assert client.get("/authors/").status_code == 200

    @pytest.mark.nplusone(ignore=[{"kind": "latent_n_plus_one"}])
    def test_by_kind(client, book):
        assert client.get("/authors/").status_code == 200

    @pytest.mark.nplusone(ignore=[{"kind": "write_in_loop"}])
    def test_of_another_kind(client, book):
        assert client.get("/authors/").status_code == 200
"""
)


def test_what_ignores_an_n_plus_one_ignores_its_latent_form(make_project):
    run = make_project(test_ignored=IGNORED).run(LATENT)
    assert run.outcomes == {"test_by_label": "passed", "test_by_kind": "passed", "test_of_another_kind": "failed"}


ARRANGED = (
    ONE_BOOK
    + """
    from library import printing

    def test_loop_of_the_test(book):
        for one in Book.objects.all():
            assert printing.described(one) == "one by author"

    def test_fields_in_a_loop_of_the_test(book):
        for one in Book.objects.all():
            assert printing.fields(one) == ["one", "author"]

    def test_statement_of_the_test(book):
        assert [one.author.name for one in Book.objects.all()] == ["author"]

    def test_rows_of_the_test(book):
        assert printing.all_described(list(Book.objects.all())) == ["one by author"]

    def test_picked_by_the_test(book):
        assert printing.described(list(Book.objects.all())[0]) == "one by author"
"""
)

PRINTING = """
    def described(book):
        return f"{book.title} by {book.author.name}"

    def fields(book):
        return [str(read(book)) for read in (lambda book: book.title, lambda book: book.author.name)]

    def all_described(books):
        return [described(book) for book in books]
"""


def test_a_loop_of_the_test_over_one_row_is_its_own(make_project):
    run = make_project(test_arranged=ARRANGED, **{"library/printing": PRINTING}).run(LATENT)
    failed = [name for name, outcome in run.outcomes.items() if outcome == "failed"]
    assert failed == ["test_rows_of_the_test"]


APPLICATION = (
    ONE_BOOK
    + """
    from nplusone_guard import watch

    def test_watch(book):
        with watch() as report:
            assert author_names() == ["author"]
        assert report.findings == ()

    def test_header(client, book):
        response = client.get("/authors/")
        assert "X-NPlusOne" in response.headers
        assert "X-NPlusOne-Findings" not in response.headers
"""
)


@pytest.mark.parametrize("more", [{}, {"PROJECT_RAISE": "1"}], ids=["told", "raised"])
def test_the_application_is_told_of_none(make_project, more):
    run = make_project(test_application=APPLICATION).run("--nplusone-strict", PROJECT_MIDDLEWARE="1.0", **more)
    assert run.outcomes == {"test_watch": "passed", "test_header": "passed"}, run.failures


# -- the option ------------------------------------------------------------------------------------------------


def test_what_follows_the_option_is_not_its_value(make_project):
    project = make_project(test_latent=TESTS)
    assert set(project.run("--nplusone-strict", "test_latent.py").outcomes.values()) == {"passed"}


@pytest.mark.parametrize(
    ("value", "code"),
    [("true", 0), ("True", 0), ("latent", 1), ("false", 0)],
    ids=["true", "True", "latent", "off"],
)
def test_the_ini_file_has_the_same_values(make_project, value, code):
    project = make_project(test_latent=TESTS)
    with (project.folder / "pytest.ini").open("a") as ini:
        ini.write(f"nplusone_strict = {value}\n")
    run = project.run("-k", "test_body")
    assert run.code == code
    assert ("latent_n_plus_one" in run.text) == (value != "false")
    assert project.run("-k", "test_body", "--nplusone-strict=false").code == 0


@pytest.mark.parametrize(
    ("arguments", "name"),
    [(("--nplusone-strict=latnet",), "--nplusone-strict"), (("-o", "nplusone_strict=latnet"), "nplusone_strict")],
    ids=["command line", "ini file"],
)
def test_a_misspelt_value_is_a_usage_error(pytester, arguments, name):
    run = pytester.runpytest_subprocess(*PLAIN_PYTEST, *arguments)
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    wanted = f"*{name} is 'latnet', expected true, false or latent; did you mean 'latent'?*"
    run.stderr.fnmatch_lines([wanted])


@pytest.mark.skipif(
    pytest.version_tuple < (9,), reason="[tool.pytest] with types came with pytest 9: pip install 'pytest>=9'"
)
def test_a_toml_file_may_have_true_or_a_text(pytester):
    for value, code in (("true", 5), ('"latent"', 5), ('"latnet"', 4)):
        pytester.makepyprojecttoml(f"[tool.pytest]\nnplusone_strict = {value}\n")
        assert pytester.runpytest_subprocess(*PLAIN_PYTEST).ret == code, value
