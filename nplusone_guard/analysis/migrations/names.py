"""What is a new index called? The same in every run, within Django's limit, and as no other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import blake2b

from django.apps import apps
from django.db import models

__all__ = ["index_name"]

_LONGEST = models.Index.max_name_length
_DIGITS = 6


def index_name(
    model: type[models.Model], fields: Sequence[str], condition: str, taken: Collection[str] = ()
) -> str:
    """The name of an index of `model`.

    The model's and the fields' names as long as they fit and are free, otherwise cut, with some digits of a hash
    of all that makes the index.

    Args:
        model: The model.
        fields: The fields' names, with `-` for those that descend.
        condition: The rows it holds, as SQL.
        taken: Names that are not free, beside those that models have.
    """
    name = (model._meta.model_name or "").lstrip("_0123456789")
    words = "_".join([name, *(one.removeprefix("-") for one in fields), *(["some"] if condition else [])])
    whole = f"{words}_idx"
    if len(whole) <= _LONGEST and whole not in taken and whole not in _names_of_models():
        return whole
    digest = blake2b(
        "\0".join((model._meta.db_table, *fields, condition)).encode(), digest_size=_DIGITS // 2
    ).hexdigest()
    cut = words[: _LONGEST - len(f"_{digest}_idx")].rstrip("_")
    return f"{cut}_{digest}_idx"


def _names_of_models() -> set[str]:
    return {
        one.name
        for model in apps.get_models(include_auto_created=True)
        for one in (*model._meta.indexes, *model._meta.constraints)
    }
