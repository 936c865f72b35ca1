"""Projects to run pytest in."""

from __future__ import annotations

import pytest

from .project import Project


@pytest.fixture(scope="module")
def make_project(tmp_path_factory):
    """A fresh project; each keyword is a module of it, with its source."""

    def make(**files):
        return Project(tmp_path_factory.mktemp("project"), **files)

    return make
