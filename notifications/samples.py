"""What does a message look like before anybody gets it: facts of an invented case, in the active language."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from backend.accounts.models import Office
from backend.accounts.roles import Role
from backend.language_names import language_name
from backend.moments import day_in_words, moment_in_words, span_in_words
from geo.models import GazetteerEntry
from notifications.contents.appointment import Appointment


def sample_facts(office: Office, *, now: datetime) -> dict[str, Any]:
    """All facts that any message may name."""
    starts_at = (now + timedelta(days=7)).astimezone(office.zone).replace(hour=10, minute=0, second=0)
    span = span_in_words(starts_at, starts_at + timedelta(hours=1), office.time_zone)
    postcode = office.service_postcodes[0] if office.service_postcodes else "49074"
    return {
        "office": office,
        "appointment": Appointment(
            reference="26-ABC234",
            dates=(span,),
            duration=_("1 hour"),
            where=f"{postcode} {_town(postcode)}".strip(),
            language=language_name("ar"),
        ),
        "url": f"{settings.BASE_URL}/",
        "card_url": f"{settings.BASE_URL}/karte/",
        "code": "P-0001",
        "course_hours": office.course_hours,
        "organisation": _("Primary school"),
        "place": office.name,
        "role": str(Role.COORDINATOR.label),
        "until": day_in_words((now + timedelta(days=7)).date()),
        "answer_by": moment_in_words(now + timedelta(days=2), office.time_zone, short=False),
        "willing": 1,
        "reserve": 1,
        "reason": _("The appointment was called off"),
    }


def _town(postcode: str) -> str:
    return GazetteerEntry.objects.filter(postcode=postcode).values_list("place", flat=True).first() or ""
