"""`--nplusone-unused-loads`: which rows did `select_related()` or `prefetch_related()` load for nobody?

Told of a whole run only: a relation that one test does not read is read by another one. What a test loaded and
read travels on its reports, as plain values, so that the workers of pytest-xdist hand it over; what is read in one
of them is used, wherever it was loaded.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from .markers import wishes_of
from .readiness import django_is_ready
from .staleness import name_of

if TYPE_CHECKING:
    from nplusone_guard.detection.unused_eager_load import EagerLoad
    from nplusone_guard.eager import Ahead, Loaded

    from .arrangement import Arrangement
    from .results import Result

__all__ = ["UnusedLoads", "watch_early"]

_ATTRIBUTE = "nplusone_eager"
_MOST_TESTS = 100  # remembered of each load

_COMPLETED = pytest.StashKey[bool]()
_failed: list[str] = []  # why nothing is watched


def watch_early() -> None:
    """Watch from before the project is imported: querysets are written in the bodies of classes."""
    # This imports Django, as nothing else of the plugin does. To wait until somebody imports it would not do: much
    # of it is half imported at the moment when its models are.
    try:
        from nplusone_guard.eager import install  # noqa: PLC0415 — needed for this report only

        install()
    except Exception as error:  # noqa: BLE001 — an error of ours fails no run; the terminal tells of it
        _failed.append(f"{type(error).__name__}: {error}")


class UnusedLoads:
    """The plugin that watches, in each process, and tells the result, in the one that started the run.

    Args:
        config: pytest's.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._arrangement: Arrangement | None = None
        self._modules: frozenset[str] = frozenset()
        self._values: dict[Ahead, EagerLoad] = {}
        self._loaded: dict[EagerLoad, dict[str, tuple[int, int]]] = {}
        self._read: set[EagerLoad] = set()
        self._ignored: set[str] = set()
        self._errors: set[str] = set()
        self._broken: set[str] = set()
        watch_early()

    # -- where the tests run

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remember which files hold tests: what they load ahead for themselves is no finding."""
        self._modules = frozenset(str(item.path) for item in session.items if isinstance(item, pytest.Function))

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """See whether the test comes to its end: one that does not may have read more."""
        item.stash[_COMPLETED] = False
        result = yield
        # A failure in a test of `unittest` is no exception here.
        item.stash[_COMPLETED] = not getattr(item, "_excinfo", None)
        return result

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        """The same of a test function, which a finding or a budget may fail after its end."""
        result = yield
        pyfuncitem.stash[_COMPLETED] = True
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let the report carry what was loaded and read up to now."""
        report = yield
        carried: dict[str, Any] = {}
        try:
            if django_is_ready():
                carried = self._carried(item)
        except Exception as error:  # noqa: BLE001 — an error of ours fails no test; the terminal tells of it
            carried = {"error": f"{type(error).__name__}: {error}"}
        carried["completed"] = call.when == "call" and item.stash.get(_COMPLETED, False)
        setattr(report, _ATTRIBUTE, carried)
        return report

    def _carried(self, item: pytest.Item) -> dict[str, Any]:
        from nplusone_guard.eager import take  # noqa: PLC0415 — only where Django is

        loaded, read = take()
        if not (loaded or read):
            return {}
        ignored: set[str] = set()
        rules = wishes_of(item).ignore
        told = [
            [list(self._value_of(one.ahead)), one.times, one.rows]
            for one in loaded
            if not self._is_of_test(one.ahead) and not self._is_meant(one, rules, ignored)
        ]
        values = [list(self._value_of(ahead)) for ahead in read]
        return {"loaded": told, "read": values, "ignored": sorted(ignored)}

    def _value_of(self, ahead: Ahead) -> EagerLoad:
        from nplusone_guard.detection.unused_eager_load import eager_load_of  # noqa: PLC0415 — only where Django is

        if ahead not in self._values:
            self._values[ahead] = eager_load_of(ahead)
        return self._values[ahead]

    def _is_of_test(self, ahead: Ahead) -> bool:
        from .arrangement import Arrangement  # noqa: PLC0415 — only where Django is

        if self._arrangement is None:
            self._arrangement = Arrangement(self._config.rootpath, self._modules)
        return self._arrangement.is_test_file(ahead.written.filename)

    def _is_meant(self, loaded: Loaded, rules: Iterable[Any], ignored: set[str]) -> bool:
        """Whether a rule, or a comment beside the line, says so; `ignored` gets its name."""
        from nplusone_guard.conf import get_settings  # noqa: PLC0415 — only where Django is
        from nplusone_guard.inline_ignores import comment_on  # noqa: PLC0415

        load = self._value_of(loaded.ahead)
        path, line = load.place[:2]
        kind = "unused_eager_load"
        covering: list[Any] = [
            rule
            for rule in (*get_settings().ignore, *rules)
            if rule.matches(label=load.label, kind=kind, path=path)
        ]
        comment = comment_on(loaded.ahead.written.filename, line, load.label)
        if comment is not None:
            covering.append(comment)
        ignored.update(name_of(one, path) for one in covering)
        return bool(covering)

    # -- where the run is told

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take over what a test loaded and read, in this process or in a worker."""
        try:
            self._add(report)
        except Exception as error:  # noqa: BLE001 — an error of ours fails no run
            self._errors.add(f"{type(error).__name__}: {error}")

    def _add(self, report: pytest.TestReport) -> None:
        carried = getattr(report, _ATTRIBUTE, {})
        # The failure of a finding comes behind the end of the test.
        if report.failed and not carried.get("completed"):
            self._broken.add(report.nodeid)
        elif report.when == "call" and carried.get("completed"):
            self._broken.discard(report.nodeid)  # it ran again: pytest-rerunfailures
        if carried.get("error"):
            self._errors.add(carried["error"])
        self._ignored.update(carried.get("ignored", ()))
        if carried.get("read") or carried.get("loaded"):
            self._merge(report.nodeid, carried)

    def _merge(self, test: str, carried: dict[str, Any]) -> None:
        from nplusone_guard.detection.unused_eager_load import EagerLoad  # noqa: PLC0415 — only where Django is

        self._read.update(EagerLoad.from_values(values) for values in carried["read"])
        for values, times, rows in carried["loaded"]:
            tests = self._loaded.setdefault(EagerLoad.from_values(values), {})
            before = tests.get(test, (0, 0))
            if test in tests or len(tests) < _MOST_TESTS:
                tests[test] = (before[0] + times, before[1] + rows)

    def pytest_nplusone_results(self, config: pytest.Config) -> list[Result]:
        """The findings, for all that tells of results; those of a run that was not whole say nothing."""
        run_end: Any = config.pluginmanager.get_plugin("nplusone-run-end")
        why = self._why_partial(whole=run_end.whole)
        errors = [*_failed, *sorted(self._errors)]
        found: list[Result] = []
        if not errors and not why:
            try:
                found = self._results()
                run_end.note_ignored(self._ignored)
            except Exception as error:  # noqa: BLE001 — an error of ours loses no other result
                errors = [f"{type(error).__name__}: {error}"]
        if errors:
            run_end.note(f"what is loaded and never read could not be told: {errors[0]}")
        elif why:
            run_end.note(f"what is loaded and never read is not told, as {why}")
        elif not found and django_is_ready():
            run_end.note("no unused eager loads")
        return found

    def pytest_unconfigure(self) -> None:
        """Watch no more."""
        if django_is_ready():
            with suppress(Exception):  # the run has been told, and the process ends
                from nplusone_guard.eager import uninstall  # noqa: PLC0415 — only where Django is

                uninstall()

    def _results(self) -> list[Result]:
        if not self._loaded:
            return []
        from nplusone_guard.detection.unused_eager_load import unused  # noqa: PLC0415 — only where Django is

        from .results import Result, Seen  # noqa: PLC0415

        return [
            Result(one.finding, tuple(Seen(test, times) for test, times in one.tests.items()), fails=False)
            for one in unused(self._loaded, self._read)
        ]

    def _why_partial(self, *, whole: bool) -> str:
        """Why what is not read may be read after all; `""` if all tests ran to their end."""
        if not whole:
            return "not all tests ran; run them all, and name their folders in the ini file: testpaths"
        if self._broken:
            number = len(self._broken)
            tests = "1 test" if number == 1 else f"{number} tests"
            return f"{tests} did not come to the end: {', '.join(sorted(self._broken)[:3])}"
        return ""
