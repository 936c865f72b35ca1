"""How does the tour ask the site? Over HTTP, from Django's threaded server on a free local port."""

from __future__ import annotations

import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING, Any

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler, get_internal_wsgi_application

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

TIMEOUT_SECONDS = 30
SIGN_IN_PATH = "/sign-in/login/"


class RequestFailedError(Exception):
    """An address did not answer as it should."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over the wire, and how long that took."""

    status: str
    headers: Message
    text: str
    milliseconds: float


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


class Visitor:
    """Somebody with a browser's cookies.

    Args:
        address: Where the site is.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))

    def get(self, path: str) -> Answer:
        """The answer to `path`: JSON where the site has it.

        Raises:
            RequestFailedError: It was an error, or none at all.
        """
        return self._ask(urllib.request.Request(self._address + path, headers={"Accept": "application/json, */*"}))

    def sign_in(self, email: str, password: str) -> None:
        """Fill in the form, as a person does.

        Raises:
            RequestFailedError: The site does not know them.
        """
        form = self.get(SIGN_IN_PATH).text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
        fields = {"username": email, "password": password, "csrfmiddlewaretoken": token[1] if token else ""}
        content = urllib.parse.urlencode({**fields, "next": "/"}).encode()
        self._ask(urllib.request.Request(self._address + SIGN_IN_PATH, content))
        if not any(cookie.name == "sessionid" for cookie in self._cookies):
            raise RequestFailedError(f"{email} could not sign in. Run `manage.py seed --replace`.")

    def _ask(self, request: urllib.request.Request) -> Answer:
        started = time.perf_counter()
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                text = response.read().decode()
                milliseconds = (time.perf_counter() - started) * 1000
                version = "HTTP/1.1" if response.version == 11 else "HTTP/1.0"  # noqa: PLR2004
                status = f"{version} {response.status} {response.reason}"
                return Answer(status, response.headers, text, milliseconds)
        except urllib.error.HTTPError as error:
            raise RequestFailedError(f"{request.full_url} answered {error.code} {error.reason}.") from error
        except (OSError, ValueError) as error:
            raise RequestFailedError(f"{request.full_url} failed: {error}") from error
