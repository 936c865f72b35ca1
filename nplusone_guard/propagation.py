"""Work that moves to another thread stays in the scope it was started from.

Three hand-overs are wrapped: `Thread.start`, `ThreadPoolExecutor.submit` (which `asyncio.to_thread`,
`run_in_executor` and Django's asynchronous ORM go through), and asgiref's own executor for the main thread.
Each takes along the scope, the `ignore()` rules, and the call path of the one who hands over: under `aget()` the
statement runs on a thread whose stack ends in the executor, and the awaiting coroutine is on the other side.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any, NamedTuple

import wrapt
from asgiref.current_thread_executor import CurrentThreadExecutor

from .callpath import continue_from, sites
from .codelines import Site
from .conf import get_settings
from .failsafe import turn_off
from .ignoring import active_rules, with_rules
from .rules import Rule
from .scope import Scope, active_scope, claimed_scope, entered

__all__ = ["current_task", "install"]

_DEEPEST = 100  # frames taken along; an event loop's task is about 15 away from its await

_installed = False


class _Origin(NamedTuple):
    """Where some work comes from."""

    scope: Scope | None
    rules: tuple[Rule, ...]
    path: tuple[Site, ...]

    def run(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run `work` as if it were called where it was handed over."""
        if not get_settings().follow_threads:
            return continue_from(self.path, work, *args, **kwargs)
        with entered(self.scope), with_rules(self.rules):
            return continue_from(self.path, work, *args, **kwargs)


def install() -> None:
    """Wrap the hand-overs, once."""
    global _installed  # noqa: PLW0603 — a process has one `threading` module
    if _installed:
        return
    _installed = True
    wrapt.wrap_function_wrapper(threading.Thread, "start", _start_thread)
    wrapt.wrap_function_wrapper(ThreadPoolExecutor, "submit", _submit)
    # asgiref runs thread-sensitive work of an asynchronous view under WSGI in the waiting main thread.
    wrapt.wrap_function_wrapper(CurrentThreadExecutor, "submit", _submit)


def _origin() -> _Origin | None:
    """Where this line hands work over from, `None` outside of every scope."""
    scope = active_scope()
    if scope is None or scope.closed:
        return None
    try:
        # Past this function and the wrapper that called it.
        path = _path(scope, sys._getframe(2))
    except Exception:  # noqa: BLE001 — the work must be handed over all the same
        turn_off(scope)
        return None
    # The ambient scope is everywhere already; a worker must not hold on to it.
    claimed = claimed_scope()
    if claimed is not None and not claimed.is_shared:
        claimed.share()
    return _Origin(claimed, active_rules(), path)


def _path(scope: Scope, frame: FrameType) -> tuple[Site, ...]:
    """The call path from `frame`: in a task, up to its coroutine, and on through the task of the scope."""
    task = current_task()
    if task is None:
        return tuple(sites(frame, _DEEPEST))
    path: list[Site] = []
    root = getattr(task.get_coro(), "cr_frame", None)
    walked: FrameType | None = frame
    while walked is not None and len(path) < _DEEPEST:
        path.append((walked.f_code, walked.f_lasti))
        # What is outside of the task's coroutine is the event loop, which calls everybody.
        walked = None if walked is root else walked.f_back
    owner = scope.task() if scope.task is not None else None
    if owner is None:
        scope.task = weakref.ref(task)
    elif owner is not task:
        # The tasks that gather() starts have stacks of their own, which do not know of the line that waits.
        path.extend(_suspended(owner))
    return tuple(path[:_DEEPEST])


def current_task() -> asyncio.Task[Any] | None:
    """The task that runs here, if any."""
    loop = asyncio._get_running_loop()
    return asyncio.current_task(loop) if loop is not None else None


def _suspended(task: asyncio.Task[Any]) -> list[Site]:
    """The call path of a task that waits, innermost first: its coroutine, what that awaits, and so on."""
    path: list[Site] = []
    coroutine: Any = None if task.done() else task.get_coro()
    while coroutine is not None and len(path) < _DEEPEST:
        frame = getattr(coroutine, "cr_frame", None)
        if frame is None:
            break
        path.append((frame.f_code, frame.f_lasti))
        coroutine = coroutine.cr_await
    return path[::-1]


def _start_thread(wrapped: Any, instance: threading.Thread, args: Any, kwargs: Any) -> Any:
    origin = _origin()
    if origin is not None:
        run = instance.run

        def run_in_scope() -> None:
            del instance.run  # no cycle is left behind
            origin.run(run)

        # On the instance: subclasses override run() and need not call ours.
        instance.run = run_in_scope  # type: ignore[method-assign]
    return wrapped(*args, **kwargs)


def _submit(wrapped: Any, instance: Any, args: Any, kwargs: Any) -> Any:
    origin = _origin()
    if origin is None or not args:
        return wrapped(*args, **kwargs)
    # The pool may start a worker here, which outlives this scope and must not belong to it.
    with entered(None):
        return wrapped(origin.run, *args, **kwargs)
