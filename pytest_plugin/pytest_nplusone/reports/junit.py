"""What a test found, as properties of its case in pytest's own `--junitxml`.

Only with `junit_family=xunit1` or `legacy`: in the schema of `xunit2`, pytest's default, a test case has no
properties, and a reader that checks it (Jenkins' xUnit plugin does) refuses the whole file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from ..strict import Found

__all__ = ["properties_of", "tell"]

_NAME = "nplusone"
_MOST_FINDINGS = 10  # of one test


def tell(item: pytest.Item, found: Sequence[Found]) -> None:
    """Let the properties of `item`, whose body has ended, say what it found, where a JUnit file may have them.

    The reports are made of them later, also in a worker of pytest-xdist. What the same test said when it ran
    before (pytest-rerunfailures) goes.
    """
    config = item.config
    if not (found or item.user_properties):
        return
    if not config.getoption("xmlpath", default=None) or config.getini("junit_family") == "xunit2":
        return
    others = [one for one in item.user_properties if one[0].partition(".")[0] != _NAME]
    item.user_properties[:] = [*others, *properties_of(found)]


def properties_of(found: Sequence[Found]) -> list[tuple[str, str]]:
    """The names and values, the worst finding first.

    Each name once, as Jenkins keeps one value of each: `nplusone.1`, `nplusone.1.fix`, `nplusone.2` and so on.
    """
    properties = [(_NAME, str(len(found)))] if found else []
    for number, one in enumerate(found[:_MOST_FINDINGS], start=1):
        finding, name = one.finding, f"{_NAME}.{number}"
        properties += [
            (name, f"{finding.title} × {finding.count}"),
            (f"{name}.kind", finding.kind),
            (f"{name}.id", finding.id),
            (f"{name}.culprit", str(finding.culprit or "")),
            (f"{name}.endpoint", one.endpoint),
            (f"{name}.fix", finding.suggestion),
        ]
    return [(name, value) for name, value in properties if value]
