"""Report files are written once, at the end, where they were asked for; what goes wrong with one fails no test."""

from __future__ import annotations

import json

import pytest

PLAIN = ("-p", "no:django", "-p", "no:asyncio")
TESTS = """
    def test_list(client, books):
        client.get("/authors/")

    def test_other(client, books):
        client.get("/authors/")
"""
# A report that breaks.
CONFTEST = """
    import sys
    import types

    import pytest

    @pytest.fixture
    def books(db):
        from factories import stock

        return stock()

    def fail(results, path):
        raise ZeroDivisionError("broken")

    sys.modules["pytest_nplusone.reports.html"] = types.SimpleNamespace(write=fail)
"""


@pytest.fixture(scope="module")
def project(make_project):
    return make_project(test_them=TESTS, conftest=CONFTEST)


def totals(path):
    """How many tests, findings, and findings that fail the report has."""
    read = json.loads(path.read_text())["totals"]
    return read["tests"], read["findings"], read["failing"]


def test_a_report_is_written_once_and_without_strict_mode_fails_no_test(project):
    run = project.run("--nplusone-json=out/new/one.json", "--nplusone-html=one.html")
    assert run.code == 0
    assert totals(project.folder / "out/new/one.json") == (2, 1, 0)
    run.lines.fnmatch_lines(
        [
            "library.Book.author × 4  n_plus_one, 3 too many, does not fail",
            "nplusone: JSON report: out/new/one.json",
            "nplusone: the HTML report could not be written: ZeroDivisionError: broken",
        ]
    )
    # Of several workers one report comes, and a path in the ini file begins there.
    with (project.folder / "pytest.ini").open("a") as ini:
        ini.write("nplusone_json = out/ini.json\n")
    run = project.run("--nplusone-strict", "-n", "2", GITHUB_ACTIONS="true")
    assert run.code == 1
    assert totals(project.folder / "out/ini.json") == (2, 1, 1)
    assert sum(line.startswith("::error ") for line in run.text.splitlines()) == 1
    assert "::error " not in project.run("--nplusone-strict", GITHUB_ACTIONS="").text
    (project.folder / "out/ini.json").unlink()
    project.run("--collect-only")
    assert not (project.folder / "out/ini.json").exists()


@pytest.mark.parametrize(
    ("path", "reason"),
    [("folder", "it is a folder, expected a file"), ("file/one.html", "[!i]*")],
)
def test_a_path_that_cannot_be_written_is_told_before_the_run(pytester, path, reason):
    (pytester.path / "folder").mkdir()
    (pytester.path / "file").touch()
    run = pytester.runpytest_inprocess(*PLAIN, f"--nplusone-html={path}")
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines([f"ERROR: --nplusone-html is '{path}', which cannot be written: {reason}"])
