"""Which tag of a template is being rendered? Read from the frames of Django's template nodes."""

from __future__ import annotations

from typing import Any

from django.template.base import TokenType
from django.template.defaulttags import ForNode

from ..codelines import is_project_file, relative_path
from .declared import Declared, own

__all__ = ["is_loop", "of_node", "shortened", "with_loop"]

_LONGEST = 120  # characters of a tag


def of_node(node: Any) -> Declared | None:
    """The tag that `node` was parsed from; `None` if it is not in a file of the project."""
    token = own(node, "token")
    filename = str(own(own(node, "origin"), "name") or "")
    # A template from a string is called `<unknown source>`: its place is the line that renders it.
    if token is None or not token.lineno or not is_project_file(filename):
        return None
    return Declared(filename, _text(token), lineno=token.lineno)


def is_loop(node: Any) -> bool:
    """Whether `node` is a `{% for %}`."""
    return issubclass(type(node), ForNode)


def with_loop(declared: Declared, loop: Declared) -> Declared:
    """`declared` as it is repeated by the tag `loop`."""
    same_file = loop.filename == declared.filename
    where = f"line {loop.lineno}" if same_file else f"{relative_path(loop.filename)}:{loop.lineno}"
    return declared._replace(loop=f"{loop.name}, {where}")


def shortened(text: str) -> str:
    """A tag on one line, cut where it is long."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _text(token: Any) -> str:
    contents = shortened(str(token.contents))
    return f"{{{{ {contents} }}}}" if token.token_type is TokenType.VAR else f"{{% {contents} %}}"
