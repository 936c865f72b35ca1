"""Which labels can a finding have in this project? To tell a rule that was misspelt, or is about what is gone.

store.Order.customer          a field or relation, on the model that declares it
store.Order.objects.get()     an operation of a manager
store.Order.tags.add()        a write of a related manager
store.Order.save()            an operation of an instance
SELECT store_order            raw SQL; of that any table may be meant
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import translate
from functools import cached_property
from typing import Any

from django.apps import apps

from .attribution.django_internals import known_functions
from .wording import nearest

__all__ = ["KnownLabels", "Missing", "has_wildcard"]

_PARTS = 3  # app, model, and what of it


@dataclass(frozen=True, slots=True)
class Missing:
    """Why no finding has a label.

    Attributes:
        why: What is not there.
        near: The nearest label there is, `""` if none is near.
        app: Whether not even the app is there.
    """

    why: str
    near: str = ""
    app: bool = False

    def __str__(self) -> str:
        return self.why + (f" (did you mean {self.near!r}?)" if self.near else "")


def has_wildcard(pattern: str) -> bool:
    """Whether `pattern` stands for more than itself."""
    return any(character in pattern for character in "*?[")


class KnownLabels:
    """The labels of the models that are installed. Nothing is queried."""

    def missing(self, pattern: str) -> Missing | None:
        """Why no finding can have a label that matches `pattern`; `None` if one can."""
        if _is_raw(pattern):
            return None
        parts = pattern.split(".", _PARTS - 1)
        if has_wildcard(pattern):
            matches = re.compile(translate(pattern)).match
            if any(matches(label) for label in self._labels()):
                return None
        elif len(parts) == _PARTS and parts[2] in self._names.get(f"{parts[0]}.{parts[1]}", ()):
            return None
        return self._missing_part(parts)

    def _missing_part(self, parts: list[str]) -> Missing:
        if len(parts) < _PARTS:
            return self._too_short(".".join(parts))
        app, model, rest = parts
        if not has_wildcard(app) and app not in self._apps:
            near = self._respelt(model, rest, nearest(app, self._apps))
            return Missing(f"there is no app {app!r}", near, app=True)
        if has_wildcard(app) or has_wildcard(model):
            return Missing("there is nothing like it")
        label = f"{app}.{model}"
        if label not in self._names:
            return Missing(f"the app {app!r} has no model {model!r}", self._respelt(model, rest, app))
        elsewhere = self._inherited.get(label, {}).get(rest)
        if elsewhere is not None:
            return Missing(f"{rest!r} of {label} belongs to the model it inherits from", elsewhere)
        near = nearest(rest.replace("*", ""), self._names[label])
        return Missing(f"{label} has no {rest!r}", f"{label}.{near}" if near else "")

    def _respelt(self, model: str, rest: str, app: str) -> str:
        """The label about `model` with the nearest spelling: in `app`, else of that name in another one."""
        names = {label.partition(".")[2]: label for label in self._names if label.startswith(f"{app}.")}
        near = names.get(nearest(model, names), "") if app else ""
        label = near or next((one for one in self._names if one.endswith(f".{model}")), "")
        if not label:
            return ""
        known = self._names[label]
        if rest in known or has_wildcard(rest):
            return f"{label}.{rest}"
        close = nearest(rest, known)
        return f"{label}.{close}" if close else ""

    def _too_short(self, label: str) -> Missing:
        if has_wildcard(label):
            app, _, rest = label.partition(".")
            if app in self._apps or has_wildcard(app):
                return Missing("there is nothing like it")
            near = nearest(app, self._apps)
            return Missing(f"there is no app {app!r}", f"{near}.{rest}" if near else "", app=True)
        why = "a label is an app, a model and a relation, with dots"
        if label in self._names:
            return Missing(why, f"{label}.*")
        model, _, rest = label.partition(".")
        owners = [one for one in self._names if one.partition(".")[2] == model]
        if owners:
            near = nearest(rest, self._names[owners[0]]) if rest else "*"
            return Missing(why, f"{owners[0]}.{near}" if near else "")
        close = nearest(label, self._names) if rest else ""
        return Missing(why, f"{close}.*" if close else "")

    def _labels(self) -> Iterator[str]:
        for label, names in self._names.items():
            for name in names:
                yield f"{label}.{name}"
        for model in apps.get_models(include_auto_created=True):
            for operation in ("SELECT", "INSERT", "UPDATE", "DELETE"):
                yield f"{operation} {model._meta.db_table}"

    @cached_property
    def _apps(self) -> frozenset[str]:
        """The labels of the apps that have models."""
        return frozenset(label.partition(".")[0] for label in self._names)

    @cached_property
    def _names(self) -> Mapping[str, frozenset[str]]:
        """By the label of each model, what may follow it."""
        found: dict[str, set[str]] = {}
        by_role = _operations()
        for model in apps.get_models(include_auto_created=True):
            own = found.setdefault(model._meta.label, set())
            own.update(f"{operation}()" for operation in by_role["instance"])
            for manager in _managers(model):
                own.update(f"{manager}.{operation}()" for operation in by_role["queryset"])
            for field, name in _fields(model):
                # One that is inherited from another model has its label there, also one of a proxy model.
                owner = found.setdefault(field.model._meta.label, set())
                owner.add(name)
                if field.many_to_many or field.one_to_many:
                    owner.update(f"{name}.{operation}()" for operation in by_role["related_manager"])
        return {label: frozenset(names) for label, names in found.items()}

    @cached_property
    def _inherited(self) -> Mapping[str, Mapping[str, str]]:
        """By the label of each model, the labels of what other models declare for it."""
        return {
            model._meta.label: {
                name: f"{field.model._meta.label}.{name}"
                for field, name in _fields(model)
                if field.model._meta.label != model._meta.label
            }
            for model in apps.get_models(include_auto_created=True)
        }


def _is_raw(pattern: str) -> bool:
    """Whether it is about raw SQL, whose tables nobody has to have declared."""
    return " " in pattern or ("." not in pattern and pattern.isupper())


def _fields(model: Any) -> Iterator[tuple[Any, str]]:
    for field in model._meta.get_fields():
        is_reverse = field.auto_created and not field.concrete
        name = field.get_accessor_name() if is_reverse else field.name
        if name:
            yield field, name


def _managers(model: Any) -> set[str]:
    named = {manager.name for manager in model._meta.managers}
    return named | {str(model._default_manager.name), str(model._base_manager.name)}


def _operations() -> dict[str, set[str]]:
    """The operations by the role of their function, as labels spell them."""
    found: dict[str, set[str]] = {
        "queryset": {"all", "filter", "raw"},
        "instance": set(),
        "related_manager": set(),
    }
    for known in known_functions().values():
        if known.role in found:
            found[known.role].add(known.operation)
    found["queryset"] -= {"iterate", "slice", "iterator"}  # all() and filter() in a label
    return found
