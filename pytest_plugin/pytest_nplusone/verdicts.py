"""Does a finding fail the test that saw it? Decided here and nowhere else.

Decided by the test alone, from what it found, so that it is the same in every order and in every process.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nplusone_guard.findings import Finding

    from .arguments import Options
    from .results import Status

__all__ = ["Verdict", "Verdicts", "failing_kinds"]

_FAILING = frozenset({"n_plus_one", "duplicate_query", "write_in_loop"})
_LATENT = frozenset({"latent_n_plus_one"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a finding is in one test.

    Attributes:
        status: What it is beside the baseline.
        recorded: How many statements the baseline allows, `None` when it is not in it.
        fails: Whether the test fails for it; a warning otherwise.
    """

    status: Status = "new"
    recorded: int | None = None
    fails: bool = True


class Verdicts:
    """Judges findings by what the run was asked for.

    Args:
        options: What the run was asked for.
    """

    def __init__(self, options: Options) -> None:
        self._failing = failing_kinds(options)

    def on(self, test: str, findings: Iterable[Finding]) -> dict[str, Verdict]:
        """What the `findings` of `test` are, by their ids."""
        return {finding.id: Verdict(fails=finding.kind in self._failing) for finding in findings}


def failing_kinds(options: Options) -> frozenset[str]:
    """The kinds of findings that fail a test; the others are told as warnings."""
    if not options.strict:
        return frozenset()
    return _FAILING | _LATENT if options.latent else _FAILING
