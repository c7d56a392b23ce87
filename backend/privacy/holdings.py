"""Which rows are about one person? Found along the models' own foreign keys, so that no new table is forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models
from django.db.models import Q

from backend.accounts.models import User
from backend.dispatch.models import Assignment, HelpRequest, Offer
from backend.people.models import HelpSeeker, Identity, Pilot, Place
from backend.privacy.own_models import own_models
from backend.privacy.register import entry_of

# Whose rows are hers, and how such a row leads to the account.
STEMS: dict[type[models.Model], str] = {
    Pilot: "user",
    HelpSeeker: "user",
    HelpRequest: "help_seeker__user",
    Offer: "pilot__user",
    Assignment: "pilot__user",
}
HELD = (Identity, Place)  # what a row of a stem has for itself
# What leads to her and is yet about somebody else, or the office's own.
OF_OTHERS = {
    "Veto.help_seeker": "whom a pilot does not want to meet again is told to nobody (Art. 15 (4))",
    "Offer.help_request": "whom the office asked is the pilots' affair",
    "MatchRun.help_request": "how the office looked for pilots names pilots alone",
    "PlanProposal.help_request": "the same",
    "WaveSeries.help_request": "the same",
    "RequestDraft.changes": "what somebody types who asks for her is that person's own, until it is sent",
    "RequestDraft.filed": "the same",
}


@dataclass(frozen=True)
class Holding:
    """A model, and the condition by which its rows are the person's."""

    model: type[models.Model]
    condition: Q

    def rows(self) -> models.QuerySet[models.Model]:
        linked = [field.name for field in self.model._meta.many_to_many]
        return (
            self.model._default_manager.filter(self.condition)
            .prefetch_related(*linked)
            .order_by("pk")
            .distinct()
        )


def holdings_of(user: User) -> Iterator[Holding]:
    """Every model that can hold something about the user, in the order of the settings."""
    for model in own_models():
        if conditions := list(_conditions(model, user)):
            condition = Q()
            for each in conditions:
                condition |= each
            yield Holding(model, condition)


def acting(user: User) -> Iterator[tuple[type[models.Model], str, int]]:
    """(model, field, how many rows) in which the user stands as who did something, and not as whom it is about."""
    for model in own_models():
        for field in _keys(model):
            if field.related_model is not User or _is_about(model, field):
                continue
            if number := model._default_manager.filter(**{field.name: user}).count():
                yield model, field.name, number


def _conditions(model: type[models.Model], user: User) -> Iterator[Q]:
    if model is User:
        yield Q(pk=user.pk)
    for field in _keys(model):
        if field.related_model is User and _is_about(model, field):
            yield Q(**{field.name: user.pk})
        stem = STEMS.get(field.related_model)
        if stem and f"{model.__name__}.{field.name}" not in OF_OTHERS:
            yield Q(**{f"{field.name}__{stem}": user.pk})
    if model in STEMS and STEMS[model] != "user":
        yield Q(**{STEMS[model]: user.pk})
    if model in HELD:
        for owner, path in STEMS.items():
            for field in _keys(owner):
                if field.related_model is model:
                    yield Q(pk__in=owner._default_manager.filter(**{path: user.pk}).values(field.name))


def _keys(model: type[models.Model]) -> list[models.ForeignKey]:
    return [field for field in model._meta.fields if isinstance(field, models.ForeignKey)]


def _is_about(model: type[models.Model], field: models.ForeignKey) -> bool:
    """Not merely who confirmed or reported: a key with a way back, or to whom the row belongs and with whom it goes."""
    way_back = not field.remote_field.hidden
    return (
        way_back or field.remote_field.on_delete is models.CASCADE or field.name in entry_of(model).personal
    )
