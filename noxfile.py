"""The supported versions of Python and Django: `nox` runs them all, `nox --list` shows how to run one."""

from __future__ import annotations

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False
nox.options.reuse_existing_virtualenvs = True

# Django 6.0 and 6.1 need Python 3.12.
VERSIONS = [("3.11", "5.2"), ("3.12", "5.2"), ("3.12", "6.0"), ("3.13", "6.1"), ("3.14", "6.1")]
PYTEST = {"6.1": "~=8.0"}
"""The oldest pytest is tested with the newest Django; the others get the newest one."""


@nox.session
@nox.parametrize(("python", "django"), VERSIONS)
def tests(session: nox.Session, django: str) -> None:
    """The test suite on every database that answers."""
    session.install("--upgrade", "pip>=25.1")
    pytest = f"pytest{PYTEST.get(django, '>=8')}"
    session.install("-e", ".", "--group", "test", "--group", "load", f"Django~={django}.0", pytest)
    if session.run("sh", "-c", "command -v mariadb_config", external=True, silent=True, success_codes=[0, 1]):
        session.install("-e", ".[mariadb]")
    session.run("python", "-m", "tests", "-q", *session.posargs)


@nox.session
def wheel(session: nox.Session) -> None:
    """The wheel, installed into an empty environment, imports and owns only its own names."""
    session.install("build")
    folder = session.create_tmp()
    session.run("python", "-m", "build", "--wheel", "--outdir", folder, silent=True)
    session.run("python", "-m", "pip", "uninstall", "--yes", "--quiet", "nplusone-guard", success_codes=[0, 1])
    session.install("--force-reinstall", f"--find-links={folder}", "--no-index", "--no-deps", "nplusone-guard")
    session.install("Django", "structlog", "wrapt")
    with session.chdir(folder):
        session.run("python", "-c", CHECK_WHEEL)


CHECK_WHEEL = """
import importlib.metadata, importlib.util
import nplusone_guard, pytest_nplusone
top = {path.parts[0] for path in importlib.metadata.files("nplusone-guard")}
top = {name for name in top if not name.endswith(".dist-info")}
assert top == {"nplusone_guard", "pytest_nplusone"}, top
for name in ("pytest_plugin", "tests", "demo_site"):
    assert importlib.util.find_spec(name) is None, name
assert importlib.util.find_spec("pytest") is None, "the wheel must not need pytest"
from pytest_nplusone.reports import html  # with the files it is made of
from pytest_nplusone.results import Results
assert "No findings in 3 tests" in html.render(Results(tests=3))
print("the wheel owns", sorted(top))
"""
