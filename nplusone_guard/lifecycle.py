"""How a scope begins and ends: opened under the one that is active, closed into a report."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Mapping
from functools import cache
from types import CodeType, ModuleType

from . import capture, deep, propagation
from .callpath import ANYWHERE, around
from .conf import Settings, get_settings, is_debug
from .failsafe import turn_off
from .findings import NPlusOneError, Report, ShapeCount, Summary
from .loops import Loop
from .scope import Scope, ScopeKind, Watchfulness, active_scope, ambient

__all__ = ["close_scope", "finish", "install", "open_scope", "raise_in_place", "report_on", "summary_of"]


def install() -> None:
    """Make statements and threads known to the guard. Installing twice is installing once."""
    capture.install()
    propagation.install()


def open_scope(
    kind: ScopeKind,
    name: str,
    watchfulness: Watchfulness | None = None,
    *,
    thresholds: Mapping[str, int] | None = None,
    boundary: CodeType | None = None,
    on_repeat: Callable[[Scope, Loop], None] | None = None,
) -> Scope:
    """A scope inside the active one. It is active itself once it is `entered`.

    Inside a scope that looks at every statement it looks as closely, and is judged by the same thresholds: what
    a test asks for goes for the requests in it. `thresholds` that are given replace those all the same.
    """
    outer = active_scope()
    if outer is not None and outer.watchfulness.deep:
        watchfulness = outer.watchfulness
    watchfulness = watchfulness or _default_watchfulness()
    if thresholds:
        watchfulness = watchfulness._replace(thresholds={**watchfulness.thresholds, **thresholds})
    if watchfulness.deep:
        deep.install()
    task = propagation.current_task()
    return Scope(
        kind,
        name,
        watchfulness,
        parent=outer,
        boundary=boundary,
        outside=around(sys._getframe(1)) if watchfulness.deep and boundary is None else ANYWHERE,
        on_repeat=on_repeat,
        task=weakref.ref(task) if task is not None else None,
    )


def _default_watchfulness() -> Watchfulness:
    """That of the settings, made once: each request asks for it."""
    global _default  # noqa: PLW0603 — a process has one set of settings at a time
    settings = get_settings()
    deep = settings.depth == "deep" or (settings.depth == "debug" and is_debug())
    if _default is None or _default[0] is not settings or _default[1].deep is not deep:
        _default = (settings, Watchfulness.of(settings, deep=deep))
    return _default[1]


_default: tuple[Settings, Watchfulness] | None = None


def close_scope(scope: Scope, *, with_shapes: bool = True) -> Summary:
    """End `scope`: what it found also belongs to the scope around it.

    Args:
        scope: The scope.
        with_shapes: Whether anybody reads `Summary.shapes`: a healthy request may have hundreds, for nobody.
    """
    scope.end()
    if get_settings().record_workload:
        from .recording import record  # noqa: PLC0415 — few record what they run, and it takes a tenth of our import

        record(scope)
    summary = summary_of(scope, with_shapes=with_shapes)
    if scope.ancestors:
        scope.ancestors[0].add_inner_findings(summary.findings)
    if ambient.on_closed is not None and scope is not ambient.scope:
        ambient.on_closed(scope)
    return summary


def report_on(scope: Scope) -> Report:
    """A report that reads `scope` until it is finished."""
    return Report(lambda: summary_of(scope))


def finish(report: Report, scope: Scope) -> Summary:
    """End `scope`, a deep one that `report` is on; its shapes are counted once the report is asked for them."""
    summary = close_scope(scope, with_shapes=False)
    report.finish(summary, lambda: _shapes_of(scope))
    return summary


def _shapes_of(scope: Scope) -> tuple[ShapeCount, ...]:
    shapes: tuple[ShapeCount, ...] = ()
    try:
        with scope.lock:
            scope.count_all()
            shapes = _detection().shape_counts(scope)
    except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
        turn_off(scope)
    return shapes


def summary_of(scope: Scope, *, with_shapes: bool = True) -> Summary:
    """What `scope` has seen up to now."""
    try:
        with scope.lock:
            scope.count_all(by_shape=with_shapes or not scope.closed)
            # Where nothing repeated there is no loop.
            found = _detection().detect(scope, get_settings().ignore) if scope.looks else ()
            return Summary(
                (*found, *scope.inner_findings),
                scope.statements,
                round(scope.db_time * 1000, 3),
                _detection().shape_counts(scope) if with_shapes else (),
                scope.truncated,
                scope.kind,
                scope.name,
            )
    except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
        turn_off(scope)
        return Summary(statements=scope.statements, truncated=True, scope_kind=scope.kind, scope_name=scope.name)


@cache
def _detection() -> ModuleType:
    """`nplusone_guard.detection`, which is a tenth of our import: most test runs have nothing to detect.

    An import statement takes 2 µs each time it is met.
    """
    from . import detection  # noqa: PLC0415

    return detection


def raise_in_place(scope: Scope, loop: Loop) -> None:
    """Raise `NPlusOneError` when `loop` has just become a finding.

    Raises:
        NPlusOneError: Once for each loop.
    """
    if loop.decided:
        return
    try:
        detection = _detection()
        finding = detection.finding_of(loop, scope)
        rules = get_settings().ignore
        wanted = finding is not None and not any(detection.ignored_by(loop, finding.kind, scope, rules))
    except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
        turn_off(scope)
        return
    if finding is not None and wanted:
        loop.decided = True
        raise NPlusOneError(finding)
