"""What cannot be meant is refused, with the nearest right spelling; and without being asked, nothing happens."""

from __future__ import annotations

import textwrap

import pytest

PLAIN_PYTEST = ("-p", "no:django", "-p", "no:asyncio")


@pytest.mark.parametrize("value", ["1", "0", "-3", "two", "2.5", "\N{SUPERSCRIPT TWO}"])
def test_a_threshold_is_a_whole_number_of_at_least_two(pytester, value):
    run = pytester.runpytest_inprocess(*PLAIN_PYTEST, f"--nplusone-threshold={value}")
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(["*--nplusone-threshold is *, expected a whole number of at least 2*"])


def test_the_ini_file_says_the_same_as_the_command_line(pytester):
    pytester.makeini("[pytest]\nnplusone_strict = true\nnplusone_threshold = many\n")
    run = pytester.runpytest_inprocess(*PLAIN_PYTEST)
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(["*nplusone_threshold is 'many', expected a whole number of at least 2*"])
    run = pytester.runpytest_inprocess(*PLAIN_PYTEST, "--nplusone-threshold=3")
    assert run.ret == pytest.ExitCode.NO_TESTS_COLLECTED


MARKERS = """
    import pytest

    @pytest.mark.nplusone(ignored=["a"])
    def test_unknown(): pass

    @pytest.mark.nplusone("a")
    def test_positional(): pass

    @pytest.mark.nplusone(ignore="library.Book.author")
    def test_string(): pass

    @pytest.mark.nplusone(ignore=[{"lable": "a"}])
    def test_rule(): pass

    @pytest.mark.nplusone(threshold=1)
    def test_threshold(): pass

    @pytest.mark.max_queries
    def test_no_number(): pass

    @pytest.mark.max_queries("5")
    def test_number(): pass

    @pytest.mark.max_queries(5, usin="other")
    def test_using(): pass

    @pytest.mark.max_queries(5, using="ohter")
    def test_alias(): pass

    @pytest.mark.max_queries(5, "other", "why", 6)
    def test_too_many(): pass
"""

MESSAGES = {
    "test_unknown": "@pytest.mark.nplusone has no argument 'ignored'; did you mean 'ignore'?",
    "test_positional": "@pytest.mark.nplusone got 'a', which no argument takes; write @pytest.mark.nplusone(",
    "test_string": "expected a list of labels, such as ignore=['library.Book.author']",
    "test_rule": "did you mean 'label'",
    "test_threshold": "threshold of @pytest.mark.nplusone is 1, expected a whole number of at least 2",
    "test_no_number": "@pytest.mark.max_queries needs the number of queries: @pytest.mark.max_queries(5,",
    "test_number": "@pytest.mark.max_queries is '5', expected a whole number of at least 0",
    "test_using": "@pytest.mark.max_queries has no argument 'usin'; did you mean 'using'?",
    "test_alias": "the database 'ohter', which is not in DATABASES; did you mean 'other'?",
    "test_too_many": "@pytest.mark.max_queries got 6, which no argument takes",
}


def test_a_marker_that_cannot_be_meant_is_an_error_of_its_test(make_project):
    run = make_project(test_markers=MARKERS).run()
    assert run.outcomes == dict.fromkeys(MESSAGES, "error")
    missing = {name: run.failures[name] for name, words in MESSAGES.items() if words not in run.failures[name]}
    assert not missing


PLAIN = """
    import sys

    import pytest

    def test_it():
        assert not [name for name in sys.modules if name.split(".")[0] in ("django", "nplusone_guard")]

    def test_fixture(assert_max_queries):
        raise AssertionError

    @pytest.mark.max_queries(0)
    def test_marker():
        raise AssertionError
"""

NO_DJANGO = """
    import sys

    class Refuse:
        def find_spec(self, name, path=None, target=None):
            if name.split(".")[0] in ("django", "asgiref", "wrapt", "nplusone_guard"):
                raise ModuleNotFoundError(name)

    sys.meta_path.insert(0, Refuse())
"""


@pytest.mark.parametrize("strict", [(), ("--nplusone-strict",)], ids=["quiet", "strict"])
def test_a_run_without_django_never_notices(pytester, strict):
    pytester.makepyfile(test_plain=PLAIN, refusing=NO_DJANGO)
    arguments = [*PLAIN_PYTEST, "-W", "error", "-rs", *strict]
    run = pytester.runpytest_subprocess(*arguments, *(() if strict else ("-p", "refusing")))
    run.assert_outcomes(passed=1, skipped=2)
    run.stdout.fnmatch_lines(["*no Django settings*"])


BROKEN = """
    import pytest

    @pytest.fixture(autouse=True)
    def broken(monkeypatch):
        def fail(*args, **kwargs):
            raise ZeroDivisionError("broken")

        monkeypatch.setattr("{place}", fail)
"""

REQUEST = """
    import pytest

    def test_request(client, books):
        assert client.get("/authors/").status_code == 200

    def test_another(client, books):
        assert client.get("/authors/").status_code == 200
"""


@pytest.mark.parametrize("place", ["nplusone_guard.detection.detect", "pytest_nplusone.failures.found_in_test"])
def test_an_error_of_ours_fails_no_test_and_is_told_once(make_project, place):
    project = make_project(test_request=REQUEST)
    with (project.folder / "conftest.py").open("a") as conftest:
        conftest.write("\n" + textwrap.dedent(BROKEN.format(place=place)))
    run = project.run("--nplusone-strict")
    assert set(run.outcomes.values()) == {"passed"}
    told = [line for line in run.text.splitlines() if "the guard itself failed" in line]
    where = "test_request.py::test_request"
    assert told == [
        f"nplusone: the guard itself failed in {where}, which was not judged: ZeroDivisionError: broken"
    ]


def test_the_ini_file_can_ask_for_everything_and_a_quiet_run_stays_quiet(make_project):
    project = make_project(test_request=REQUEST)
    with (project.folder / "pytest.ini").open("a") as ini:
        ini.write("nplusone_strict = true\nnplusone_threshold = 4\n")
    quiet = project.run("-q", "--tb=no")
    assert set(quiet.outcomes.values()) == {"failed"}
    quiet.lines.fnmatch_lines(["nplusone: 1 finding in 2 tests, worst: library.Book.author × 4"])
    assert "= nplusone =" not in quiet.text
    assert set(project.run("--nplusone-threshold=5").outcomes.values()) == {"passed"}


def test_options_and_markers_explain_themselves(pytester):
    run = pytester.runpytest_inprocess(*PLAIN_PYTEST, "--help")
    run.stdout.fnmatch_lines(["*--nplusone-strict*", "*--nplusone-threshold*", "*nplusone_strict*"])
    run = pytester.runpytest_inprocess(*PLAIN_PYTEST, "--markers")
    run.stdout.fnmatch_lines(["@pytest.mark.nplusone(ignore=*", "@pytest.mark.max_queries(num*"])
