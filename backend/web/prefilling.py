"""How does a request that was filed look in the form again: to be copied, or to be changed?"""

import json
from collections.abc import Mapping
from datetime import timedelta

from django.utils.crypto import salted_hmac

from backend.dispatch.models import ConfidentialDetails, HelpRequest
from backend.web.forms.requests import DATES

OF_THE_MEETING = ("note",)  # belongs to the old appointment alone
BEGAN = "began"  # the hidden field that tells what each field held when the form was opened
OF_A_DATE = ("day", "start", "minutes")
# Fields that mean something together only: of them all count as typed, or none.
TOGETHER = (
    tuple(f"{name}_{number}" for number in range(1, DATES + 1) for name in OF_A_DATE),
    ("setting", "address", "public"),
)


def copied(help_request: HelpRequest, details: ConfidentialDetails | None) -> dict[str, str]:
    """Everything but the dates and the note, for a new request."""
    values = as_typed(help_request, details)
    dated = {f"{name}_{number}" for number in range(1, DATES + 1) for name in ("day", "start")}
    kept = {name: value for name, value in values.items() if name not in {*dated, *OF_THE_MEETING, "urgent"}}
    return kept | {"case_key": help_request.help_seeker.case_key}


def as_typed(help_request: HelpRequest, details: ConfidentialDetails | None) -> dict[str, str]:
    """Field by field as somebody would have typed it."""
    values = {
        "language": help_request.languages[0],
        "required_level": str(help_request.required_level),
        "topic": help_request.topic,
        "service_kind": help_request.service_kind,
        "setting": help_request.setting,
        "gender_wish": help_request.gender_wish,
        "minors": "on" if help_request.minors else "",
        "urgent": "on" if help_request.urgent else "",
        "address": "",
        "public": "",
        "meeting_point": details.without_home(details.meeting_point) if details else "",
        "contact_on_site": details.contact_on_site if details else "",
        "note": details.note if details else "",
    }
    if place := help_request.meeting_place:
        town = f"{place.postcode} {place.place}".strip()
        street = details.home if details and place.private else place.street
        values["address"] = ", ".join(part for part in (street, town) if part)
        values["public"] = "" if place.private else "on"
    for number in range(1, DATES + 1):
        values |= {f"day_{number}": "", f"start_{number}": "", f"minutes_{number}": "60"}
    zone = help_request.office.zone
    for number, slot in enumerate(help_request.slots.all()[:DATES], start=1):
        start = slot.starts_at.astimezone(zone)
        values[f"day_{number}"] = start.date().isoformat()
        values[f"start_{number}"] = f"{start:%H:%M}"
        values[f"minutes_{number}"] = str((slot.ends_at - slot.starts_at) // timedelta(minutes=1))
    return values


def marks_of(values: Mapping[str, str]) -> str:
    """What each field holds, as marks by which to see later whether somebody has typed something else."""
    return json.dumps({name: _mark(value) for name, value in values.items()}, separators=(",", ":"))


def taken_up(typed: Mapping[str, str], present: Mapping[str, str]) -> dict[str, str]:
    """What was typed; where nothing was, what the request holds by now: others may have changed it meanwhile."""
    began = _marks(typed.get(BEGAN, ""))
    values = {**typed, BEGAN: marks_of(present)}
    if not began:
        return values
    alone = [(name,) for name in present if not any(name in group for group in TOGETHER)]
    for group in (*TOGETHER, *alone):
        if all(_mark(typed.get(name, "")) == began.get(name) for name in group):
            values.update({name: present[name] for name in group})
    return values


def _marks(sent: str) -> dict[str, str]:
    try:
        found = json.loads(sent)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _mark(value: str) -> str:
    return salted_hmac("web.prefilling", value.replace("\r\n", "\n").strip()).hexdigest()[:8]
