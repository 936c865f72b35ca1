"""Which findings are not to be reported: rules on label, kind, path and route, with `*` as in a shell."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from .wording import did_you_mean

__all__ = ["KINDS", "RULE_KEYS", "Rule"]

KINDS = ("n_plus_one", "duplicate_query", "write_in_loop", "latent_n_plus_one", "unused_eager_load")
"""The kinds of findings, those of `nplusone_guard.findings.Kind`."""

RULE_KEYS = ("label", "kind", "path", "route")
"""What a rule may ask for."""


class Rule(NamedTuple):
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
            ValueError: `value` is neither, or has a key, kind or pattern that no rule has.
        """
        keys = ", ".join(RULE_KEYS)
        if isinstance(value, str):
            value = {"label": value}
        if not isinstance(value, Mapping) or not value:
            raise ValueError(f"expected a label or a dict with some of {keys}")
        for key, pattern in value.items():
            if key not in RULE_KEYS:
                raise ValueError(f"expected only the keys {keys} in a rule{did_you_mean(key, RULE_KEYS)}")
            if not isinstance(pattern, str) or not pattern:
                raise ValueError(f"expected a text that is not empty for the {key} of a rule")
        rule = cls(**value)
        if not any(fnmatchcase(kind, rule.kind) for kind in KINDS):
            near = did_you_mean(rule.kind, KINDS)
            raise ValueError(f"expected one of {', '.join(KINDS)} for the kind of a rule{near}")
        return rule

    def matches(self, *, label: str, kind: str = "", path: str = "", route: str = "") -> bool:
        """Whether the rule covers a finding with these values."""
        return (
            fnmatchcase(label, self.label)
            and fnmatchcase(kind, self.kind)
            and fnmatchcase(path, self.path)
            and fnmatchcase(route, self.route)
        )
