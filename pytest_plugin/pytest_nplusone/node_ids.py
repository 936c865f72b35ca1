"""What is a test called, in every run? By its node id, without the group that pytest-xdist may add."""

from __future__ import annotations

import pytest

__all__ = ["has_groups", "node_id_of", "node_ids_of"]


def node_id_of(item: pytest.Item) -> str:
    """The node id of a test."""
    nodeid: str = item.nodeid
    if not has_groups(item.config):
        return nodeid
    # As `WorkerInteractor.pytest_collection_modifyitems` adds it (pytest-xdist 3.8); pytest 9.2 does not show it.
    marks = item.iter_markers("xdist_group")
    groups = sorted({str(mark.args[0] if mark.args else mark.kwargs.get("name", "default")) for mark in marks})
    return nodeid.removesuffix(f"@{'_'.join(groups)}")


def node_ids_of(report: pytest.TestReport, config: pytest.Config) -> set[str]:
    """The node id of the test of a report, and what it may have been before a group was added."""
    nodeid: str = report.nodeid
    return {nodeid, nodeid.rpartition("@")[0]} if has_groups(config) else {nodeid}


def has_groups(config: pytest.Config) -> bool:
    """Whether node ids have a group: `pytest -n 4 --dist=loadgroup`."""
    known = config.stash.get(_GROUPED, None)
    if known is None:
        # In the process that started the run it is `dist`, in a worker `loadgroup`.
        dist = config.getoption("dist", "")
        known = config.stash[_GROUPED] = dist == "loadgroup" or bool(config.getoption("loadgroup", default=False))
    return known


_GROUPED = pytest.StashKey[bool]()
