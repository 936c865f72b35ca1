"""What was it measured on?"""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

__all__ = ["commit", "machine"]


def machine() -> str:
    """The machine's size and Python's version."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} processors ({platform.machine()}) with {memory:.0f} GB, "
        f"{platform.system()}, Python {platform.python_version()}"
    )


def commit() -> str:
    """The commit that was measured, with `-dirty` if it was not all of it."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--exclude", "*"],
        cwd=Path(__file__).parent,
        capture_output=True,
        check=False,
        text=True,
    )
    return described.stdout.strip() or "unknown"
