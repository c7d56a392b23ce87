"""How a row changes its status: only along its table of transitions, and always with its time."""

import copy
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Self

from django.db import models

from backend.errors import RuleViolated


class Stateful(models.Model):
    """Mixin for models with a `status` field."""

    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]]
    STATUS_TIMES: ClassVar[Mapping[str, str]] = {}

    status: str

    class Meta:
        abstract = True

    def check_may_move_to(self, status: str) -> None:
        """Raise RuleViolated unless the table of transitions leads from here to `status`."""
        if status not in self.TRANSITIONS[self.status]:
            raise RuleViolated(
                "transition_not_allowed",
                entity=self._meta.model_name,
                current=self.status,
                wanted=str(status),
            )

    def as_if(self, status: str) -> Self:
        """A copy in the state it could move to, never to be saved: to show what would follow."""
        self.check_may_move_to(status)
        moved = copy.copy(self)
        moved.status = status
        return moved

    def move_to(self, status: str, *, at: datetime, **fields: object) -> None:
        """Take the step, stamp its time, set the `fields` that belong to it, and save just these."""
        self.check_may_move_to(status)
        self.status = status
        if time_field := self.STATUS_TIMES.get(status):
            fields[time_field] = at
        for name, value in fields.items():
            setattr(self, name, value)
        changed = ["status", *fields]
        self.save(update_fields=changed)


def status_is_known(choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """A constraint that keeps `status` within its choices, against raw SQL too."""
    return models.CheckConstraint(condition=models.Q(status__in=choices.values), name=name)


def status_has_time(status: str, field: str, name: str) -> models.CheckConstraint:
    """A constraint that pairs a status with its timestamp."""
    return models.CheckConstraint(
        condition=~models.Q(status=status) | models.Q(**{f"{field}__isnull": False}), name=name
    )
