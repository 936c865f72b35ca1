"""What is right about a scenario when there is one row of each sort, as in most tests?

A loop over rows that follows a relation is a latent N+1 then; what is fine is fine. Look-ups, writes and raw SQL
are out of reach: with one row nothing about them says that there may be more.
"""

from __future__ import annotations

from dataclasses import replace

from .scenario import Scenario

__all__ = ["as_latent"]

_CANNOT = frozenset(
    "detail_page drf_viewset drf_viewset_joined gather_of_different_questions a_pair_on_one_line "
    "one_helper_from_six_places remove_from_all retry reverse_get singly_loaded_on_six_lines streaming_response "
    "streaming_response_async streaming_response_async_joined streaming_response_joined template_relation".split()
)
"""Scenarios that name a second row, or check that there are many."""

_SHOWS_NOTHING = frozenset(
    "admin_list_filter chain_of_people comparison_reads_the_relation "
    "tree_by_deque tree_by_stack tree_upwards".split()
)
"""Problems that do not run a statement for one row: a filter with one choice is not shown, one row is compared
with no other, and a tree of one level that begins with a `get()` has nothing below or above it to follow."""

_ONE_BUT_MANY_BELOW = frozenset({"endpoint_of_one_row"})
"""Clean as no more than two rows belong to its one row; but nothing in the code says so."""

_LEFT_OUT = _CANNOT | _SHOWS_NOTHING | _ONE_BUT_MANY_BELOW


def as_latent(scenario: Scenario) -> Scenario | None:
    """`scenario` with the right verdict on it where there is one row; `None` where it has to do without."""
    if scenario.name in _LEFT_OUT or scenario.kind not in (None, "n_plus_one"):
        return None
    if scenario.kind is not None and not all(_is_relation(label) for label in scenario.labels):
        return None
    return replace(scenario, kind=scenario.kind and "latent_n_plus_one")


def _is_relation(label: str) -> bool:
    return "(" not in label and " " not in label
