"""What identifies a row: a time-ordered UUID made in code, so that ids exist before the row does."""

from django.db import models
from uuid_utils.compat import uuid7


class Keyed(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True
