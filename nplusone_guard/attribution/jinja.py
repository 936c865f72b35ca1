"""Which tag of a Jinja2 template is being rendered? Read from the Python that was made of the template."""

from __future__ import annotations

import linecache
import re
from types import CodeType, FrameType

from ..codelines import is_project_file, line_at, position_at
from ..compiledtemplates import line_in_template, meet, python_of
from ..looplines import enclosing_loop
from .declared import Declared
from .templates import shortened

__all__ = ["of_template"]

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_LOOP = re.compile(r"\{%[-+]?\s*for\b.*?%\}")
_NAME = re.compile(r"\bl_\d+_(\w+)|'(\w+)'")
"""In the Python of a template: `environment.getattr(l_1_order, 'customer')`."""


def of_template(frame: FrameType) -> tuple[Declared, Declared | None] | None:
    """The tag that `frame` renders and the loop around it in the same part of the template.

    `None` if the frame is none of a template that is a file of the project.
    """
    code, offset = frame.f_code, frame.f_lasti
    filename = code.co_filename
    if not is_project_file(filename) or not meet(frame):
        return None
    linecache.checkcache(filename)  # it may have been changed without the process having been restarted
    lineno = line_in_template(filename, line_at(code, offset).lineno)
    tag = Declared(filename, _tag_on(filename, lineno, _names_at(code, offset)), lineno=lineno)
    around = enclosing_loop(code, offset)
    if around is None:
        return tag, None
    number = line_in_template(filename, around)
    text = linecache.getline(filename, number)
    found = _LOOP.search(text)
    return tag, Declared(filename, shortened(found[0] if found else text), lineno=number)


def _tag_on(filename: str, lineno: int, names: list[str]) -> str:
    """The tag on a line that reads the most of these names, one of the other; the whole line if none does."""
    text = linecache.getline(filename, lineno)
    tags = _TAG.findall(text)
    for count in range(len(names), 0, -1):
        read = re.compile(rf"\b{re.escape('.'.join(names[:count]))}\b")
        reading = [tag for tag in tags if read.search(tag)]
        if reading:
            return shortened(reading[0])
    return shortened(tags[0] if len(tags) == 1 else text)


def _names_at(code: CodeType, offset: int) -> list[str]:
    """The names that the instruction reads, one of the other: `order` and `customer`."""
    line, end_line, column, end_column = position_at(code, offset)
    if line is None or column is None or end_column is None or line != end_line:
        return []
    try:
        text = python_of(code.co_filename).splitlines()[line - 1][column:end_column].decode()
    except (OSError, ValueError, IndexError):
        return []
    return [variable or attribute for variable, attribute in _NAME.findall(text)]
