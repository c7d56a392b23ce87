"""What identifies a row: a time-ordered UUID made in code, so that ids exist before the row does."""

from functools import cache
from typing import Any

from django.db import models
from uuid_utils.compat import uuid7


class Keyed(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: "models.Field[Any, Any]") -> Any:
        """As Django has it for `get_…_display`, which translates and hashes all labels of a field for each row."""
        value = getattr(self, field.attname)
        label = _labels(field).get(value, value)
        return label if label is None else str(label)


@cache
def _labels(field: "models.Field[Any, Any]") -> dict[Any, Any]:
    """The labels of a field's choices by their codes, not translated yet."""
    return dict(field.flatchoices)
