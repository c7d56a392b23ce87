"""What becomes of rows whose time is over: deleted, emptied, or left as a figure without a person."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Count, Exists, Min, OuterRef, Q

from backend.dispatch.models import Assignment, HelpRequest, Offer
from backend.dispatch.models.offer import ANSWERED
from backend.dispatch.states import OfferStatus
from backend.encryption import EncryptedTextField
from backend.people.commands.erasing import address_alone
from backend.people.models import Pilot
from backend.people.states import PilotStatus

SAID = (*ANSWERED, OfferStatus.DECLINED)
Rows = models.QuerySet[Any]


@dataclass(frozen=True)
class Ending:
    """`left` narrows to rows that still hold something; `end` acts on some of them, locked, within a transaction."""

    told: str
    end: Callable[[Rows, datetime], None]
    left: Callable[[type[models.Model]], Q] = lambda model: Q()


def _delete(rows: Rows, now: datetime) -> None:
    rows.delete()


def _empty_fields(model: type[models.Model]) -> Sequence[models.Field]:
    """What is emptied: sealed texts, and personal keys to others."""
    personal = [model._meta.get_field(name) for name in model.Privacy.personal]  # type: ignore[attr-defined]
    return [field for field in personal if isinstance(field, models.Field)]


def _empty(rows: Rows, now: datetime) -> None:
    values = {
        field.name: "" if isinstance(field, EncryptedTextField) else None
        for field in _empty_fields(rows.model)
    }
    rows.update(**values)


def _holds_something(model: type[models.Model]) -> Q:
    found = Q()
    for field in _empty_fields(model):
        if isinstance(field, EncryptedTextField):
            found |= ~Q(**{field.name: ""})
        else:
            found |= Q(**{f"{field.name}__isnull": False})
    return found


def _count(rows: Rows, now: datetime) -> None:
    """Note with each request how many were asked and said something; then only what was commissioned is left of it."""
    held = Q(Exists(Assignment.objects.filter(offer=OuterRef("pk"))))
    gone = list(rows.exclude(held).values_list("pk", flat=True))
    tallies = (
        Offer.objects.filter(pk__in=gone)
        .order_by()
        .values_list("help_request")
        .annotate(
            asked=Count("pk"),
            said=Count("pk", filter=Q(status__in=SAID)),
            yes_at=Min("accepted_at"),
        )
    )
    requests = HelpRequest.objects.select_for_update(of=("self",)).order_by("pk")
    counted = {pk: rest for pk, *rest in tallies}
    changed = list(requests.filter(pk__in=counted))
    for help_request in changed:
        asked, said, yes_at = counted[help_request.pk]
        help_request.past_asked += asked
        help_request.past_answered += said
        if yes_at is not None:
            help_request.past_yes_at = min(help_request.past_yes_at or yes_at, yes_at)
    HelpRequest.objects.bulk_update(changed, ["past_asked", "past_answered", "past_yes_at"])
    rows.filter(held).update(features=None, chance=None)
    Offer.objects.filter(pk__in=gone).delete()


def _not_counted(model: type[models.Model]) -> Q:
    commissioned = Exists(Assignment.objects.filter(offer=OuterRef("pk")))
    return ~Q(commissioned) | Q(features__isnull=False) | Q(chance__isnull=False)


def _coarsen(rows: Rows, now: datetime) -> None:
    """Postal code and town stay, for the figures; the street goes, and so does the wish for a woman or a man."""
    for help_request in rows.select_related("meeting_place"):
        if help_request.meeting_place is not None:
            address_alone(help_request.meeting_place).save()
    rows.update(gender_wish="")


def _is_fine(model: type[models.Model]) -> Q:
    return ~Q(gender_wish="") | Q(meeting_place__isnull=False) & ~Q(meeting_place__street="")


def _still_somebody(model: type[models.Model]) -> Q:
    """Who was erased is not erased again, however long ago she left."""
    return ~Q(status=PilotStatus.ERASED) if model is Pilot else Q()


def _by_command(rows: Rows, now: datetime) -> None:
    raise AssertionError("retention.py asks the command of the model")


ENDINGS: dict[str, Ending] = {
    "deleted": Ending("deleted", _delete),
    "emptied": Ending("emptied; the row stays as a figure", _empty, _holds_something),
    "counted": Ending(
        "counted with the request, then deleted; of a commissioned one the bare row stays",
        _count,
        _not_counted,
    ),
    "coarsened": Ending(
        "without street and wish; postal code, language and topic stay as figures", _coarsen, _is_fine
    ),
    "erased": Ending(
        "erased as if the person had asked for it; the bare row stays as a figure",
        _by_command,
        _still_somebody,
    ),
}
