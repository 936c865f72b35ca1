"""On GitHub Actions: marks on the lines of a pull request, and a table in the job's summary."""

from __future__ import annotations

from dataclasses import replace

from pytest_nplusone.reports import github
from pytest_nplusone.results import Result, Results, Seen

from nplusone_guard.findings import Place

from .sample_results import RESULTS, finding
from .test_json_report import LOOPS


def many(number, **values):
    return Results(
        tuple(Result(finding(f"library.Book.relation_{n}", line=n + 1), **values) for n in range(number))
    )


def test_what_fails_is_an_error_on_the_culprits_line():
    first = github.annotations(RESULTS)[0]
    assert first == (
        "::error file=library/views.py,line=8,title=nplusone%3A library.Book.author × 40::"
        "library.Book.author: 40 queries, one for each row, in GET /authors/ and 1 more endpoint%0A"
        'Fix: select_related("author")%0A'
        "Seen by tests/test_views.py::test_authors[<b>&] and 2 more tests"
    )


def test_what_does_not_fail_is_a_warning_and_what_is_known_marks_nothing():
    levels = [line.partition(" ")[0] for line in github.annotations(RESULTS)]
    assert levels == ["::error", "::error", "::warning", "::notice"]
    assert github.annotations(RESULTS)[-1] == (
        "::notice title=nplusone::1 known finding: in the baseline; "
        "1 fixed finding: gone since the baseline was written"
    )


def test_a_command_is_one_line_whatever_is_in_it():
    culprit = Place("a,b:c%.py", 3)
    one = Result(finding("x", culprit=culprit, suggestion="first\r\nsecond 100%"), (Seen("t", 4),))
    (line,) = github.annotations(Results((one,)))
    assert "file=a%2Cb%3Ac%25.py,line=3" in line
    assert "first%0D%0Asecond 100%25" in line
    assert len(line.splitlines()) == 1


def test_more_than_github_shows_is_summed_up():
    lines = github.annotations(many(13, seen=(Seen("tests/test_views.py::test", 4),)))
    assert [line.partition(" ")[0] for line in lines] == ["::error"] * 10 + ["::notice"]
    assert "3 more findings" in lines[-1]
    assert "relation_0" in lines[0], "the worst come first"


def test_nothing_found_says_nothing():
    assert github.annotations(Results(tests=7)) == []
    assert github.step_summary(Results(tests=7)) == ""


def test_the_summary_is_a_table_with_a_row_for_each_finding():
    text = github.step_summary(RESULTS)
    assert "**2 new**, **1 grown**, **1 known**, **1 fixed** in 5 tests." in text
    rows = [line for line in text.splitlines() if line.startswith(("| ❌", "| ⚠️"))]
    assert len(rows) == 4
    assert "| 12 (was 5) |" in rows[1]
    assert "<code>library.Loan.reader × 7</code>" in text


def test_no_cell_breaks_the_table():
    one = Result(finding("x", suggestion="a | b\n`c` <script>"), (Seen("t", 4),))
    row = github.step_summary(Results((one,))).splitlines()[-1]
    assert row.count("|") == 7
    assert "<code>a &#124; b &#96;c&#96; &lt;script&gt;</code>" in row


def test_a_long_summary_is_cut_and_says_so():
    text = github.step_summary(many(60, seen=()))
    assert text.count("\n| ") == 52 - 1  # the heading and fifty rows
    assert "10 more findings" in text


def test_the_summary_is_added_to_the_file_that_github_names(tmp_path, monkeypatch):
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert github.write_step_summary(RESULTS)
    assert summary.read_text(encoding="utf-8") == "before\n" + github.step_summary(RESULTS)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY")
    assert not github.write_step_summary(RESULTS)


def test_the_summary_tells_errors_of_the_guard():
    assert "- Not judged: it broke in tests/test&#95;views.py" in github.step_summary(
        replace(RESULTS, problems=("it broke in tests/test_views.py",))
    )


def test_a_run_on_github_marks_the_same_lines_with_and_without_xdist(make_project):
    project = make_project(test_loops=LOOPS)
    marks = []
    for arguments in ((), ("-n", "2")):
        run = project.run("--nplusone-strict", *arguments, GITHUB_ACTIONS="true")
        marks.append([line for line in run.text.splitlines() if line.startswith("::")])
    assert marks[0] == marks[1]
    assert {line.partition(",title")[0] for line in marks[0]} == {
        f"::error file=library/{place}" for place in ("services.py,line=6", "views.py,line=18", "views.py,line=8")
    }
