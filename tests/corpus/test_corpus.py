"""The labels of the corpus are true, and the guard is as right about them as it was."""

from __future__ import annotations

import pytest

from .floor import below_floor
from .measuring import all_figures, corpus, growth, measure
from .selfcheck import untrue

# Other threads and their connections must see the rows.
on_both_databases = pytest.mark.django_db(transaction=True, databases=["default", "other"])


@on_both_databases
def test_each_label_is_proven_by_the_number_of_statements():
    chosen = corpus()
    assert untrue(chosen, growth(chosen)) == {}


@on_both_databases
def test_the_guard_is_as_right_as_the_floor_says():
    assert below_floor(all_figures(measure(corpus()))) == []


def test_each_problem_has_a_fixed_twin():
    scenarios = corpus()
    with_twin = {problem.__name__ for one in scenarios for problem in one.twin_of}
    assert [one.name for one in scenarios if one.kind and one.name not in with_twin] == []
