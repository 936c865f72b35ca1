"""Other tools that find N+1s or record statements, if they are installed (`pip install --group peers`).

Each as its documentation recommends, but silent: what it would print or raise would be measured as well.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module, metadata
from importlib.util import find_spec

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils.module_loading import import_string

from .recorders import OURS, Recorder, inside
from .workloads import Respond

__all__ = ["installed", "recorder_named"]


def installed() -> list[Recorder]:
    """Django's own recorder, and the tools that are there."""
    found = [Recorder("CaptureQueriesContext", inside(lambda: CaptureQueriesContext(connection)))]
    for distribution, module, around, prepare in _PEERS:
        if find_spec(module) is not None:
            found.append(Recorder(f"{distribution} {metadata.version(distribution)}", around, prepare))
    return found


def recorder_named(name: str) -> Recorder:
    """The recorder of that name, ours or a peer's."""
    return next(recorder for recorder in (*OURS, *installed()) if recorder.name == name)


def _middleware(path: str) -> Callable[[Respond], Respond]:
    """The middleware at `path`, imported when it is first put around something."""

    def around(respond: Respond) -> Respond:
        wrapped: Respond = import_string(path)(respond)
        return wrapped

    return around


def _settings(**values: object) -> Callable[[], None]:
    """Change these settings."""

    def prepare() -> None:
        for name, value in values.items():
            setattr(settings, name, value)

    return prepare


def _app(path: str, **values: object) -> Callable[[], None]:
    """Change these settings, and start an application that changes Django when it is ready."""

    def prepare() -> None:
        _settings(**values)()
        module = path.partition(".")[0]
        import_string(path)(module, import_module(module)).ready()

    return prepare


def _toolbar(respond: Respond) -> Respond:
    """The Debug Toolbar's SQL panel, without what draws it."""

    def recorded(request: HttpRequest) -> HttpResponse:
        toolbar = import_string("debug_toolbar.toolbar.DebugToolbar")(request, respond)
        panel = import_string("debug_toolbar.panels.sql.SQLPanel")(toolbar, respond)
        panel.enable_instrumentation()
        try:
            response: HttpResponse = panel.process_request(request)
        finally:
            panel.disable_instrumentation()
        panel.generate_stats(request, response)
        return response

    return recorded


_PEERS: tuple[tuple[str, str, Callable[[Respond], Respond], Callable[[], None]], ...] = (
    (
        "django-zeal",
        "zeal",
        _middleware("zeal.middleware.zeal_middleware"),
        _app("zeal.apps.ZealConfig", ZEAL_RAISE=False),
    ),
    (
        "django-nplus1",
        "django_nplus1",
        _middleware("django_nplus1.middleware.NPlus1Middleware"),
        _app("django_nplus1.apps.DjangoNPlus1Config", NPLUS1_RAISE=False),
    ),
    (
        "nplus1",
        "nplusone",
        _middleware("nplusone.ext.django.NPlusOneMiddleware"),
        _settings(NPLUSONE_RAISE=False),
    ),
    (
        "django-query-doctor",
        "query_doctor",
        _middleware("query_doctor.middleware.QueryDoctorMiddleware"),
        _settings(QUERY_DOCTOR={"REPORTERS": ["log"]}),
    ),
    (
        "django-nplus1-hunter",
        "django_nplus1_hunter",
        _middleware("django_nplus1_hunter.middleware.NPlus1HunterMiddleware"),
        _settings(DEBUG=True, NPLUS1_HUNTER_VSCODE_INTEGRATION=False),  # it works with DEBUG only
    ),
    ("django-debug-toolbar", "debug_toolbar", _toolbar, _settings(DEBUG_TOOLBAR_PANELS=[])),
)
"""Distribution, module, middleware, and what comes before it."""
