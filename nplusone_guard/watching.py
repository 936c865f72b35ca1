"""`with watch() as report:` — watch any piece of code, synchronous or asynchronous."""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self

import wrapt

from .conf import get_settings
from .decorating import Decorator
from .failsafe import turn_off
from .findings import Report
from .lifecycle import finish, install, open_scope, raise_in_place, report_on
from .scope import Scope, ScopeKind, Watchfulness, entered
from .signals import report_ready

__all__ = ["watch"]


@wrapt.when_imported("structlog")
def _see_how_structlog_begins(_: object) -> None:
    """Import what logs together with structlog, before anybody configures that.

    Not earlier: structlog takes as long to import as half of this package, and most test suites never need it.
    """
    from .outputs import structured_log  # noqa: F401, PLC0415


class watch(Decorator):  # noqa: N801 — reads as a verb: `with watch() as report:`
    """Watch the statements of a block, or of each call of a function.

    It yields a `Report`, which can be read inside the block and after it. Inside, the call path of every statement
    is known, so that counts are exact; a request in production is watched more cheaply by the middleware.

    Args:
        name: What to call the scope, in logs; of a decorated function, its name.
        kind: `block`, or `task` for background work.
        log: Whether each finding is also written to the log, as the middleware does for requests. Inside a scope
            that is logged, they are written once, as that scope's.
        thresholds: Numbers that replace those of the setting `THRESHOLDS`, such as `{"n_plus_one": 2}`.

    Raises:
        NPlusOneError: At the statement that makes a finding, if the setting `RAISE` is on.
    """

    def __init__(
        self,
        name: str = "",
        *,
        kind: ScopeKind = "block",
        log: bool = False,
        thresholds: dict[str, int] | None = None,
    ) -> None:
        self._name = name
        self._kind: ScopeKind = kind
        self._log = log
        self._thresholds = thresholds
        self._open: list[tuple[Scope, Report, AbstractContextManager[None]]] = []

    def again(self) -> Self:
        """A fresh one with the same arguments."""
        return type(self)(self._name, kind=self._kind, log=self._log, thresholds=self._thresholds)

    def __call__(self, function: Any) -> Any:
        """Decorate `function`; the scope has its name unless another was given."""
        self._name = self._name or getattr(function, "__qualname__", "")
        return super().__call__(function)

    def __enter__(self) -> Report:
        install()
        settings = get_settings()
        watchfulness = Watchfulness.of(settings, deep=True)
        on_repeat = raise_in_place if settings.raise_ else None
        scope = open_scope(self._kind, self._name, watchfulness, thresholds=self._thresholds, on_repeat=on_repeat)
        scope.logs = self._log
        report = report_on(scope)
        active = entered(scope)
        active.__enter__()
        self._open.append((scope, report, active))
        return report

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        scope, report, active = self._open.pop()
        active.__exit__(None, None, None)
        summary = finish(report, scope)
        try:
            if scope.logs and not any(outer.logs for outer in scope.ancestors):
                from .outputs.structured_log import log_findings  # noqa: PLC0415 — see above

                log_findings(summary)
            report_ready.send_robust(sender=scope.kind, report=report, request=None)
        except Exception:  # noqa: BLE001 — whatever it is, the application must not see it
            turn_off(scope)
