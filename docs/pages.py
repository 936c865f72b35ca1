"""Where do the pages show a sample? In the block below a comment that names its file."""

from __future__ import annotations

import re

from .samples import FOLDER, ROOT

__all__ = ["PAGES", "with_samples"]

PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))

_SHOWN = re.compile(r"(<!-- sample: ([\w.]+) -->\n+```\w*\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)


def with_samples(text: str) -> str:
    """The page `text`, its samples as they are now.

    Raises:
        FileNotFoundError: It names a sample that there is not.
    """
    return _SHOWN.sub(lambda shown: shown[1] + (FOLDER / shown[2]).read_text(encoding="utf-8"), text)
