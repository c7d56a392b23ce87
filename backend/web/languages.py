"""In which languages are pages offered: four always, others where an office has read their texts."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_info

from backend.accounts.models import Office, User
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.web.catalogues import Completeness, completeness_of
from backend.web.office_look import office_of


@dataclass(frozen=True)
class Review:
    """One language that an office may switch on: whether it is, who has read it and when, how much is translated."""

    code: str
    name: str
    local_name: str
    on: bool
    reviewer: str
    reviewed_at: datetime | None
    complete: Completeness


def known_codes() -> list[str]:
    """All languages that the product has a catalogue for, in the order of the settings."""
    return [code for code, _name in settings.LANGUAGES]


def offered_languages(request: HttpRequest) -> list[str]:
    """Codes of the languages to choose from on this page, in the order of the settings."""
    office = office_of(request)
    switched_on = set(office.languages) if office else _anywhere()
    return [code for code in known_codes() if code in settings.WHOLE_LANGUAGES or code in switched_on]


def is_offered_somewhere(code: str) -> bool:
    """Whether some office offers it: before that, not even a browser that asks for it gets it."""
    return code in settings.WHOLE_LANGUAGES or code in _anywhere()


def languages_of(office: Office) -> list[str]:
    """In which languages this office writes."""
    return [code for code in known_codes() if code in settings.WHOLE_LANGUAGES or code in office.languages]


def reviews_of(office: Office) -> list[Review]:
    """The languages that this office may switch on or off."""
    reviews = Event.objects.filter(kind=EventKind.OFFICE_LANGUAGE_REVIEWED, subject_id=office.pk)
    last = {review.facts["language"]: review for review in reviews.order_by("happened_at", "pk")}
    emails = dict(
        User.objects.filter(pk__in=[review.actor_id for review in last.values()]).values_list("pk", "email")
    )
    found = []
    for code in known_codes():
        if code in settings.WHOLE_LANGUAGES:
            continue
        event, info, on = last.get(code), get_language_info(code), code in office.languages
        found.append(
            Review(
                code=code,
                name=info["name_translated"],
                local_name=info["name_local"],
                on=on,
                reviewer=emails.get(event.actor_id, "") if event and event.actor_id and on else "",
                reviewed_at=event.happened_at if event and on else None,
                complete=completeness_of(code),
            )
        )
    return found


def _anywhere() -> set[str]:
    return {
        code
        for codes in Office.objects.exclude(languages=[]).values_list("languages", flat=True)
        for code in codes
    }
