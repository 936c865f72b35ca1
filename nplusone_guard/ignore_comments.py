"""`# nplusone: ignore[store.Order.customer] reason`: what such a comment says, and which lines it is about.

In Python a comment is about its statement, on whichever line of it it stands, and on a line of its own about the
statement right below:

    names = [
        order.customer.name  # nplusone: ignore[store.Order.customer] five orders at most
        for order in orders
    ]
    # nplusone: ignore[store.Order.*] an export, once a night
    write(orders)

In a template it is about its line, and where no tag stands beside it about the next one:

    {# nplusone: ignore[store.Order.customer] five orders at most #}
    {{ order.customer }}
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, replace

from .rules import Rule
from .wording import did_you_mean

__all__ = ["IgnoreComment", "comments_in_python", "comments_in_template"]

_KEYWORD = "ignore"
_EXAMPLE = "nplusone: ignore[app.Model.relation] reason"

_PREFIX = r"n[-_+ ]?plus[-_+ ]?\w{0,6}"
_IN_PYTHON = re.compile(rf"#+\s*({_PREFIX}\b.*)", re.IGNORECASE)
_IN_TEMPLATE = re.compile(rf"\{{#\s*({_PREFIX}\b.*?)\s*(#\}}|$)", re.IGNORECASE)
_ANY_IN_TEMPLATE = re.compile(r"\{#.*?#\}")
_PARTS = re.compile(rf"({_PREFIX})(\s*:)?\s*([^\W\d]\w*)?\s*(.*)", re.IGNORECASE | re.DOTALL)
_OTHER_BRACKETS = ("(", "{", "<", ":", "=")
_LABEL = re.compile(r"[\w*?]+\.[\w*?]+\.[\w*?][\w.*?()]*")


@dataclass(frozen=True, slots=True)
class IgnoreComment:
    """One comment.

    Attributes:
        line: The line it stands on, counted from 1.
        lines: The lines it is about; none where no code follows.
        rules: What it ignores there, one rule for each label.
        reason: Why, in the words of who wrote it.
        problem: What is wrong with it, in words that end a sentence. It ignores nothing then.
    """

    line: int
    lines: range
    rules: tuple[Rule, ...] = ()
    reason: str = ""
    problem: str = ""

    def covers(self, line: int, label: str) -> bool:
        """Whether it is about `label` on `line`."""
        return line in self.lines and any(rule.matches(label=label) for rule in self.rules)


# -- which lines -----------------------------------------------------------------------------------------------


def comments_in_python(source: bytes) -> Iterator[IgnoreComment]:
    """The comments in a module. Never raises: what cannot be read any further ends it."""
    above: list[IgnoreComment] = []
    inside: list[IgnoreComment] = []
    first = 0
    try:
        for token in tokenize.tokenize(io.BytesIO(source).readline):
            line = token.start[0]
            if token.type == tokenize.COMMENT:
                found = _IN_PYTHON.search(token.string)
                comment = _read(found[1], line) if found else None
                if comment is not None:
                    (inside if first else above).append(comment)
            elif token.type == tokenize.NEWLINE:
                yield from (replace(one, lines=range(first, line + 1)) for one in (*above, *inside))
                above, inside, first = [], [], 0
            elif token.type == tokenize.NL and not first and not token.line.strip():
                yield from above
                above = []
            elif token.type not in _LAYOUT and not first:
                first = line
    except (tokenize.TokenError, SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    yield from (*above, *inside)


_LAYOUT = (tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER)


def comments_in_template(source: bytes) -> Iterator[IgnoreComment]:
    """The comments in a template."""
    lines = source.decode(errors="replace").splitlines()
    for number, text in enumerate(lines, 1):
        last = number
        if not _has_tag(text):
            last = number + 1
            while last < len(lines) and _ANY_IN_TEMPLATE.search(lines[last - 1]) and not _has_tag(lines[last - 1]):
                last += 1
        for found in _IN_TEMPLATE.finditer(text):
            comment = _read(found[1], number)
            if comment is None:
                continue
            if not found[2]:
                comment = replace(comment, rules=(), problem="it is not closed by #} on its line")
            yield replace(comment, lines=range(number, last + 1))


def _has_tag(text: str) -> bool:
    rest = _ANY_IN_TEMPLATE.sub("", text)
    return "{{" in rest or "{%" in rest


# -- what it says ----------------------------------------------------------------------------------------------


def _read(text: str, line: int) -> IgnoreComment | None:
    """The comment with the words `text`; `None` if it does not speak to the guard."""
    nothing = range(0)
    parts = _PARTS.match(text)
    if parts is None:
        return None
    prefix, colon, word, rest = parts[1].lower(), parts[2], parts[3] or "", parts[4].strip()
    meant = word.lower() == _KEYWORD or bool(did_you_mean(word, [_KEYWORD]))
    if prefix != "nplusone":
        if not (colon and meant):
            return None
        return IgnoreComment(line, nothing, problem=f"it begins with {parts[1]!r} (did you mean 'nplusone'?)")
    if not colon:
        # Somebody may write about the guard without speaking to it.
        if not meant or (rest and not rest.startswith("[")):
            return None
        return IgnoreComment(line, nothing, problem=f'a colon is missing (did you mean "{_EXAMPLE}"?)')
    if word.lower() != _KEYWORD:
        near = did_you_mean(word, [_KEYWORD]) or f'; write "{_EXAMPLE}"'
        told = f"it says {word!r}" if word else "it says nothing"
        return IgnoreComment(line, nothing, problem=told + near)
    labels, reason, problem = _labels(rest)
    rules = () if problem else tuple(Rule(label=label) for label in labels)
    return IgnoreComment(line, nothing, rules, reason, problem)


def _labels(rest: str) -> tuple[list[str], str, str]:
    """The labels that follow the keyword, the reason behind them, and what is wrong with both."""
    if not rest.startswith("["):
        if rest.startswith(_OTHER_BRACKETS) or _LABEL.match(rest):
            return [], "", f'labels go in square brackets; write "{_EXAMPLE}"'
        return ["*"], rest, ""
    end = _closing_bracket(rest)
    if end is None:
        return [], "", "its bracket is not closed"
    labels = [one.strip().strip("\"'") for one in rest[1:end].split(",")]
    if not all(labels):
        return [], "", "a label is missing in its brackets; without them it ignores everything on its line"
    return labels, rest[end + 1 :].strip(), ""


def _closing_bracket(text: str) -> int | None:
    """Where the bracket that `text` begins with is closed; a label may have brackets, as wildcards."""
    depth = 0
    for index, character in enumerate(text):
        depth += (character == "[") - (character == "]")
        if not depth:
            return index
    return None
