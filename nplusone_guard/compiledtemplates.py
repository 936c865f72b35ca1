"""What did a template say, that runs as code? Jinja2 makes Python of templates and runs that.

Such code has the template's file name, but the lines of a Python text that nobody has seen. Its module holds the
template, `__jinja_template__`, which knows the lines; and from which the text can be made again, so that all that
is read from the source of Python can be read from it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

__all__ = ["forgotten_with_templates", "line_in_template", "meet", "python_of"]

Read = TypeVar("Read", bound=Callable[..., Any])

_MOST_TEMPLATES = 1_000

_templates: dict[str, Any] = {}
"""The templates that were met, by their file names."""
_caches: list[Any] = []


def meet(frame: FrameType) -> bool:
    """Whether the code of `frame` was a template; `python_of` and `line_in_template` know it from now on."""
    template = frame.f_globals.get("__jinja_template__")
    if template is None:
        return False
    filename = frame.f_code.co_filename
    if _templates.get(filename) is not template:
        if filename in _templates:  # it was changed, and compiled anew
            for cache in _caches:
                cache.cache_clear()
        elif len(_templates) >= _MOST_TEMPLATES:
            _templates.clear()
        _templates[filename] = template
    return True


def line_in_template(filename: str, lineno: int) -> int:
    """The line of the template that line `lineno` of its Python was made of."""
    template = _templates.get(filename)
    return lineno if template is None else int(template.get_corresponding_lineno(lineno))


def python_of(filename: str) -> bytes:
    """The Python that the code of `filename` was compiled from.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is a template that has changed since, or cannot be compiled again.
    """
    source = Path(filename).read_bytes()
    template = _templates.get(filename)
    if template is None:
        return source
    try:
        made = template.environment.compile(source.decode(), template.name, filename, raw=True)
    except Exception as error:  # of Jinja2, of an extension of it
        raise ValueError(f"{filename} cannot be compiled again") from error
    if f"debug_info = {template._debug_info!r}" not in made:
        raise ValueError(f"{filename} has changed")
    return str(made).encode()


def forgotten_with_templates(most: int) -> Callable[[Read], Read]:
    """`lru_cache(most)` for what is read from a file by its name: until a template was compiled anew."""

    def decorate(read: Read) -> Read:
        cached: Any = lru_cache(maxsize=most)(read)
        _caches.append(cached)
        return cached  # type: ignore[no-any-return]

    return decorate
