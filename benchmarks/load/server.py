"""How does the site run? As in production: gunicorn, two workers, no DEBUG."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent.parent
WORKERS = 2
STARTING_SECONDS = 60


class ServerFailedError(Exception):
    """The site did not come up; the text has what it wrote last."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running site.

    Attributes:
        address: Where it answers.
        process: The process whose children answer.
    """

    address: str
    process: int


@contextmanager
def running(environment: dict[str, str], guard: str, log: Path) -> Iterator[Server]:
    """While inside, the site answers; what it logs, findings included, goes to the file `log`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "gunicorn", "demo_site.wsgi", "--workers", str(WORKERS), "--bind", address]
    with log.open("w") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**environment, "LOAD_GUARD": guard}, stdout=out, stderr=out
        )
        try:
            _wait_for(f"http://{address}/api/optimized/", process, log)
            yield Server(f"http://{address}", process.pid)
        finally:
            process.terminate()
            process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTING_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=STARTING_SECONDS):
                return
        except OSError:
            time.sleep(0.1)
    raise ServerFailedError(f"{url} does not answer:\n{log.read_text()[-2000:]}")
