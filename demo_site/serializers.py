"""How does a serializer of model rows come by its fields? They are worked out once, not for each request."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.db.models import DateTimeField, Model
from rest_framework import serializers

if TYPE_CHECKING:
    from rest_framework.fields import Field

Row = TypeVar("Row", bound=Model)


class UtcField(serializers.DateTimeField):
    """A point in time, shown in UTC: without being told so, it looks up whose time zone it is for each value."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, default_timezone=UTC)


class KeyField(serializers.PrimaryKeyRelatedField):
    """The key of a related row as it stands in the row itself, without an object made around it."""

    def get_attribute(self, row: Model) -> Any:
        return row.serializable_value(self.source)

    def to_representation(self, key: Any) -> Any:
        return getattr(key, "pk", key)  # of a relation to many there is the row


class RowSerializer(serializers.ModelSerializer[Row]):
    """A `ModelSerializer` whose fields are the same for every request, as they nearly always are.

    Django REST framework asks the model about each of them again whenever a serializer is made.
    """

    serializer_field_mapping = {**serializers.ModelSerializer.serializer_field_mapping, DateTimeField: UtcField}
    serializer_related_field = KeyField
    _fields: ClassVar[dict[str, Field]]

    def get_fields(self) -> dict[str, Field]:
        """A copy, because a field belongs to one serializer."""
        cls = type(self)
        if "_fields" not in vars(cls):
            cls._fields = super().get_fields()
        return deepcopy(cls._fields)
