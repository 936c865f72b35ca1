"""How is a report written as JSON? The same bytes for the same values, on every system."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

__all__ = ["TOOL", "tool_version", "write_json"]

TOOL = "nplusone-guard"


def tool_version() -> str:
    """The version that is installed."""
    return version(TOOL)


def write_json(values: dict[str, Any], path: Path | str) -> None:
    """Write `values` to the file `path`, in the order they have.

    Raises:
        OSError: The file cannot be written.
    """
    text = json.dumps(values, indent=2, ensure_ascii=False)
    Path(path).write_text(f"{text}\n", encoding="utf-8", newline="\n")
