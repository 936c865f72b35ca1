"""Which findings are not to be reported: rules on label, kind, path and route, with `*` as in a shell."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

__all__ = ["Rule"]

_KEYS = ("label", "kind", "path", "route")


@dataclass(frozen=True, slots=True)
class Rule:
    """Matches what matches all of its patterns.

    Attributes:
        label: The finding's label, such as `library.Book.*`.
        kind: The finding's kind.
        path: The culprit's file, relative to the project.
        route: The route of the request.
    """

    label: str = "*"
    kind: str = "*"
    path: str = "*"
    route: str = "*"

    @classmethod
    def parse(cls, value: object) -> Rule:
        """The rule that `value`, a label or a dict of patterns, stands for.

        Raises:
            ValueError: `value` is neither, or has a key that no rule has.
        """
        if isinstance(value, str) and value:
            return cls(label=value)
        if not isinstance(value, Mapping) or not value:
            raise ValueError(f"a label or a dict with some of {', '.join(_KEYS)}, not {value!r}")
        for key, pattern in value.items():
            if key not in _KEYS:
                close = difflib.get_close_matches(str(key), _KEYS, n=1)
                hint = f"; did you mean {close[0]!r}?" if close else ""
                raise ValueError(f"a rule with some of {', '.join(_KEYS)}, not {key!r}{hint}")
            if not isinstance(pattern, str):
                raise ValueError(f"a text for {key!r} of a rule, not {pattern!r}")  # noqa: TRY004
        return cls(**value)

    def matches(self, *, label: str, kind: str = "", path: str = "", route: str = "") -> bool:
        """Whether the rule covers a finding with these values."""
        return (
            fnmatchcase(label, self.label)
            and fnmatchcase(kind, self.kind)
            and fnmatchcase(path, self.path)
            and fnmatchcase(route, self.route)
        )
