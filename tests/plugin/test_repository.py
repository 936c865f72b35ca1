"""Code scanning and pull requests name files by their path in the repository, wherever the tests are run."""

from __future__ import annotations

import pytest
from pytest_nplusone.repository import absolute, in_repository, repository_root


@pytest.fixture
def monorepo(tmp_path, monkeypatch, settings):
    """A repository whose folder `backend` is the Django project, and where its tests are run."""
    for name in ("CI_PROJECT_DIR", "GITHUB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "repository"
    for file in ("backend/library/views.py", "backend/tests/test_views.py", "shared/mail.py"):
        path = root / file
        path.parent.mkdir(parents=True)
        path.write_text("\n", encoding="utf-8")
    (root / ".git").write_text("gitdir: elsewhere\n", encoding="utf-8")
    monkeypatch.chdir(root / "backend")
    settings.BASE_DIR = root / "backend"
    return root


def test_a_path_of_the_project_begins_with_its_folder(monorepo):
    assert repository_root() == monorepo
    assert in_repository("library/views.py") == "backend/library/views.py"


def test_base_dir_may_be_text(monorepo, settings):
    settings.BASE_DIR = str(monorepo / "backend")
    assert in_repository("library/views.py") == "backend/library/views.py"


def test_the_tests_may_be_run_from_anywhere_in_the_repository(monorepo, monkeypatch):
    for folder in (monorepo, monorepo / "backend" / "tests"):
        monkeypatch.chdir(folder)
        assert in_repository("library/views.py") == "backend/library/views.py"


def test_the_path_of_a_tests_id_begins_where_pytests_root_is(monorepo, monkeypatch, settings):
    settings.BASE_DIR = monorepo / "backend" / "library"
    assert in_repository("tests/test_views.py") == "backend/tests/test_views.py"
    monkeypatch.chdir(monorepo / "backend" / "tests")
    assert in_repository("tests/test_views.py") == "backend/tests/test_views.py"


def test_a_file_beside_the_project_is_in_the_repository(monorepo):
    assert in_repository(str(monorepo / "shared" / "mail.py")) == "shared/mail.py"


def test_a_file_elsewhere_is_not(monorepo, tmp_path):
    assert in_repository(str(tmp_path / "site-packages" / "tables.py")) == ""


def test_a_package_installed_inside_of_it_is_not(monorepo):
    package = monorepo / ".venv" / "lib" / "python3.13" / "site-packages" / "tables.py"
    assert in_repository(str(package)) == ""


def test_a_file_that_is_gone_is_taken_for_one_of_the_project(monorepo, monkeypatch):
    monkeypatch.chdir(monorepo)
    assert in_repository("library/gone.py") == "backend/library/gone.py"
    assert absolute("library/gone.py") == "library/gone.py"


def test_a_link_to_the_repository_is_the_repository(monorepo, monkeypatch, tmp_path):
    (tmp_path / "link").symlink_to(monorepo, target_is_directory=True)
    path = tmp_path / "link" / "backend" / "library" / "views.py"
    assert in_repository(str(path)) == "backend/library/views.py"


@pytest.mark.parametrize("name", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
def test_without_version_control_the_folder_that_ci_names_counts(monorepo, monkeypatch, name):
    (monorepo / ".git").unlink()
    assert in_repository("library/views.py") == "library/views.py"
    monkeypatch.setenv(name, str(monorepo))
    assert in_repository("library/views.py") == "backend/library/views.py"


def test_a_folder_that_ci_names_elsewhere_does_not_count(monorepo, monkeypatch, tmp_path):
    (monorepo / ".git").unlink()
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "other"))
    assert in_repository("library/views.py") == "library/views.py"
