"""A statement in brief is what finds its rows: not its columns, and not the filters of a subquery among them."""

import pytest

from nplusone_guard.analysis.report.sections import brief


@pytest.mark.parametrize(
    ("sql", "shown"),
    [
        ('SELECT "a"."b", "a"."c" FROM "a" WHERE "a"."b" = ?', 'SELECT … FROM "a" WHERE "a"."b" = ?'),
        ('SELECT DISTINCT "a"."b"\n  FROM "a"', 'SELECT DISTINCT … FROM "a"'),
        ("SELECT COALESCE((SELECT COUNT(*) FROM u WHERE u.a = (a.id)), ?) AS n FROM a", "SELECT … FROM a"),
        ("SELECT ?", "SELECT ?"),
        ("UPDATE a SET b = (SELECT c FROM d)", "UPDATE a SET b = (SELECT c FROM d)"),
    ],
)
def test_the_columns_are_left_out(sql, shown):
    assert brief(sql) == shown


def test_a_long_one_is_cut():
    assert len(brief(f"SELECT a FROM b WHERE {' AND '.join(['c = ?'] * 200)}")) <= 400
