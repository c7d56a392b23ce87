"""Which rows are about one person? Found along the models' own foreign keys, so that no new table is forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models
from django.db.models import Q

from backend.accounts.models import BarrierReport, User
from backend.dispatch.models import Assignment, HelpRequest, Offer
from backend.people.models import HelpSeeker, Identity, Pilot, Place
from backend.privacy.own_models import own_models
from backend.privacy.register import entry_of
from backend.privacy.traces import addresses_of, barrier_reports_of

# Whose rows are hers, and how such a row leads to the account.
STEMS: dict[type[models.Model], str] = {
    Pilot: "user",
    HelpSeeker: "user",
    HelpRequest: "help_seeker__user",
    Offer: "pilot__user",
    Assignment: "pilot__user",
}
# The same for somebody without an account, registered by an organisation or by the office.
CLIENT_STEMS: dict[type[models.Model], str] = {HelpSeeker: "pk", HelpRequest: "help_seeker"}
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
# Models with something personal in which nobody is looked for, and why.
LEFT_OUT = {
    "PlanRun": "whose time is scarce stands there by id, in a calculation of the office that is deleted after 90 days",
    "CommissionSalt": "a random number beside the record of commissions: it tells nothing",
    "AccessLog": "told apart, as who has opened the sealed data",
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


@dataclass(frozen=True)
class Person:
    """Whom it is about: a login in every role, or a help-seeker without one."""

    user: User | None = None
    client: HelpSeeker | None = None

    @property
    def stems(self) -> dict[type[models.Model], Q]:
        """The condition by which rows of each stem are hers."""
        if self.user is not None:
            return {model: Q(**{path: self.user.pk}) for model, path in STEMS.items()}
        assert self.client is not None
        return {model: Q(**{path: self.client.pk}) for model, path in CLIENT_STEMS.items()}


def holdings_of(person: Person) -> Iterator[Holding]:
    """Every model that can hold something about the person, in the order of the settings."""
    for model in own_models():
        if conditions := list(_conditions(model, person)):
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


def _conditions(model: type[models.Model], person: Person) -> Iterator[Q]:
    user, stems = person.user, person.stems
    if user is not None and model is User:
        yield Q(pk=user.pk)
    if user is not None and model is BarrierReport:
        yield Q(pk__in=barrier_reports_of(addresses_of(user)))
    for field in _keys(model):
        if user is not None and field.related_model is User and _is_about(model, field):
            yield Q(**{field.name: user.pk})
        stem = stems.get(field.related_model)
        if stem is not None and f"{model.__name__}.{field.name}" not in OF_OTHERS:
            yield Q(**{f"{field.name}__in": field.related_model._default_manager.filter(stem).values("pk")})
    if model in stems:
        yield stems[model]
    if model in HELD:
        for owner, condition in stems.items():
            for field in _keys(owner):
                if field.related_model is model:
                    yield Q(pk__in=owner._default_manager.filter(condition).values(field.name))


def _keys(model: type[models.Model]) -> list[models.ForeignKey]:
    return [field for field in model._meta.fields if isinstance(field, models.ForeignKey)]


def _is_about(model: type[models.Model], field: models.ForeignKey) -> bool:
    """Not merely who confirmed or reported: a key with a way back, or to whom the row belongs and with whom it goes."""
    way_back = not field.remote_field.hidden
    return (
        way_back or field.remote_field.on_delete is models.CASCADE or field.name in entry_of(model).personal
    )
