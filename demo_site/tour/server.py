"""How does the tour ask the site? Over HTTP, from Django's threaded server on a free local port."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler, get_internal_wsgi_application

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

TIMEOUT_SECONDS = 30


class RequestFailedError(Exception):
    """An endpoint did not answer with a page of JSON."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over the wire."""

    status: str
    headers: Message
    body: dict[str, Any]


class _QuietRequestHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 — the name that http.server gave it
        """Say nothing: the tour shows what it asked for itself."""


@contextmanager
def running_server() -> Iterator[str]:
    """While inside, the site answers at the address that is yielded."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _QuietRequestHandler)
    server.set_app(get_internal_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, name="demo server", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def get(address: str) -> Answer:
    """The answer at `address`.

    Raises:
        RequestFailedError: It was no JSON, an error, or none at all.
    """
    request = urllib.request.Request(address, headers={"Accept": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            version = "HTTP/1.1" if response.version == 11 else "HTTP/1.0"  # noqa: PLR2004
            status = f"{version} {response.status} {response.reason}"
            return Answer(status, response.headers, json.load(response))
    except urllib.error.HTTPError as error:
        raise RequestFailedError(f"{address} answered {error.code} {error.reason}.") from error
    except (OSError, ValueError) as error:
        raise RequestFailedError(f"{address} failed: {error}") from error
