"""Ask the site without a server: what the server would give it, in this process."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any


class AnswerFailedError(Exception):
    """The site did not answer with a page; the text has the path and what it answered."""


def ask(application: Callable[..., Iterable[bytes]], path: str) -> bytes:
    """What a WSGI application answers, from the request to the end of the response."""
    answers: list[str] = []
    response: Any = application(_environment(path), lambda status, _headers, _error=None: answers.append(status))
    try:
        body = b"".join(response)
    finally:
        response.close()
    if answers != ["200 OK"]:
        raise AnswerFailedError(f"{path}: {answers}")
    return body


def _environment(path: str) -> dict[str, Any]:
    address = urlsplit(path)
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": address.path,
        "QUERY_STRING": address.query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_ACCEPT": "application/json",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
