"""How what we hold of somebody is told to her: titles, names of fields and values in words, out of the plain export."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backend.journal.kinds import EventKind
from backend.language_names import language_name
from backend.moments import moment_in_words
from backend.people.codes import AccessReason
from backend.privacy.own_models import own_models
from backend.reader import listed
from backend.web.status_texts import EVENTS

POINT = re.compile(r"POINT \((?P<lon>\S+) (?P<lat>\S+)\)")
TITLES: Mapping[str, Promise] = {
    "User": gettext_lazy("Your account"),
    "Membership": gettext_lazy("What you are, and where"),
    "ApiToken": gettext_lazy("Keys for programs"),
    "IdempotencyKey": gettext_lazy("What programs asked in your name"),
    "Identity": gettext_lazy("Name, phone and street"),
    "Place": gettext_lazy("Places"),
    "Pilot": gettext_lazy("You as a pilot"),
    "PilotOffice": gettext_lazy("Offices that may ask you"),
    "LanguageSkill": gettext_lazy("Your languages"),
    "Availability": gettext_lazy("Your week"),
    "Absence": gettext_lazy("Days away"),
    "Veto": gettext_lazy("Whom and what you do not want"),
    "Qualification": gettext_lazy("Courses"),
    "BarrierReport": gettext_lazy("Barriers that you reported"),
    "BackgroundCheck": gettext_lazy("Certificate of good conduct"),
    "Reach": gettext_lazy("How you are found"),
    "Consent": gettext_lazy("What you agreed to"),
    "HelpSeeker": gettext_lazy("You as somebody who looks for help"),
    "HelpRequest": gettext_lazy("Your requests"),
    "RequestDraft": gettext_lazy("Requests that you have begun"),
    "HelpRequestSlot": gettext_lazy("Dates of your requests"),
    "ConfidentialDetails": gettext_lazy("Meeting points, contacts and notes"),
    "Suggestion": gettext_lazy("When you were suggested"),
    "PlanProposal": gettext_lazy("Where you stand in plans"),
    "Offer": gettext_lazy("What you were asked"),
    "Override": gettext_lazy("When a rule was set aside to ask you"),
    "Assignment": gettext_lazy("Appointments"),
    "Commission": gettext_lazy("Entries about you in the record of commissions"),
    "ActivityReport": gettext_lazy("Reports"),
    "ReportSettlement": gettext_lazy("Reports on which you and the other side differed"),
    "Delivery": gettext_lazy("Messages to you"),
    "PushSubscription": gettext_lazy("Devices that show messages"),
    "CalendarFeed": gettext_lazy("Your calendar address"),
}
FIELDS: Mapping[str, Promise] = {
    "email": gettext_lazy("E-mail address"),
    "language": gettext_lazy("Language"),
    "languages": gettext_lazy("Languages"),
    "last_login": gettext_lazy("Last sign-in"),
    "is_active": gettext_lazy("Open"),
    "created_at": gettext_lazy("Made on"),
    "registered_at": gettext_lazy("Registered on"),
    "active_at": gettext_lazy("Active since"),
    "left_at": gettext_lazy("Left on"),
    "paused_until": gettext_lazy("Pause until"),
    "name": gettext_lazy("Name"),
    "phone": gettext_lazy("Phone"),
    "street": gettext_lazy("Street and number"),
    "note": gettext_lazy("Note"),
    "postcode": gettext_lazy("Postcode"),
    "place": gettext_lazy("Town"),
    "point": gettext_lazy("Point on the map"),
    "role": gettext_lazy("Role"),
    "status": gettext_lazy("State"),
    "gender": gettext_lazy("Gender"),
    "german_level": gettext_lazy("German"),
    "display_code": gettext_lazy("Short sign"),
    "reach_km": gettext_lazy("Way in km"),
    "travel_mode": gettext_lazy("How you travel"),
    "monthly_hours": gettext_lazy("Hours a month"),
    "heavy_per_month": gettext_lazy("Heavy appointments a month"),
    "topics_wished": gettext_lazy("Topics you like"),
    "topics_refused": gettext_lazy("Topics you do not want"),
    "speaks": gettext_lazy("Speaks"),
    "understands": gettext_lazy("Understands"),
    "weekday": gettext_lazy("Day"),
    "starts": pgettext_lazy("time of day", "From"),
    "ends": pgettext_lazy("time of day", "Until"),
    "start_date": gettext_lazy("First day away"),
    "end_date": gettext_lazy("Last day away"),
    "starts_at": gettext_lazy("Begins"),
    "ends_at": gettext_lazy("Ends"),
    "kind": gettext_lazy("Kind"),
    "hours": gettext_lazy("Hours"),
    "issuer": gettext_lazy("Given by"),
    "issued_date": gettext_lazy("On"),
    "inspected_date": gettext_lazy("Inspected on"),
    "valid_until": gettext_lazy("Valid until"),
    "stands_in_the_way": gettext_lazy("Stands in the way"),
    "version": gettext_lazy("Version"),
    "given_at": gettext_lazy("Given on"),
    "confirmed_at": gettext_lazy("Confirmed on"),
    "withdrawn_at": gettext_lazy("Taken back on"),
    "case_key": gettext_lazy("Case key"),
    "needs": gettext_lazy("Needs"),
    "gender_wish": gettext_lazy("A woman or a man?"),
    "topic": gettext_lazy("Topic"),
    "reference": gettext_lazy("Number"),
    "number": gettext_lazy("Number"),
    "happened_at": gettext_lazy("Made on"),
    "setting": gettext_lazy("How"),
    "service_kind": gettext_lazy("Kind of help"),
    "required_level": gettext_lazy("Level needed"),
    "minors": gettext_lazy("Children or young people are there"),
    "urgent": gettext_lazy("Urgent"),
    "meeting_point": gettext_lazy("Meeting point"),
    "contact_on_site": gettext_lazy("Contact on site"),
    "made_at": gettext_lazy("Asked on"),
    "expires_at": gettext_lazy("Answer until"),
    "accepted_at": gettext_lazy("Said yes on"),
    "declined_at": gettext_lazy("Said no on"),
    "cancelled_at": gettext_lazy("Cancelled on"),
    "completed_at": gettext_lazy("Held on"),
    "chance": gettext_lazy("Expected chance of a yes"),
    "features": gettext_lazy("What was known when asking"),
    "score": gettext_lazy("Score"),
    "rank": gettext_lazy("Rank"),
    "contributions": gettext_lazy("What the score is made of"),
    "sealed": gettext_lazy("What you have written so far"),
    "changed_at": gettext_lazy("Changed on"),
    "done": gettext_lazy("Took place"),
    "minutes": gettext_lazy("Minutes"),
    "km": gettext_lazy("km"),
    "reported_at": gettext_lazy("Reported on"),
    "template": gettext_lazy("Message"),
    "channel": gettext_lazy("Way"),
    "sent_at": gettext_lazy("Sent on"),
    "device": gettext_lazy("Device"),
    "level": gettext_lazy("Level"),
    "read_at": gettext_lazy("Opened on"),
    "reason": gettext_lazy("Reason"),
    "what": gettext_lazy("What"),
    "how_often": gettext_lazy("How often"),
    "last_at": gettext_lazy("Last on"),
}
HAPPENINGS: Mapping[str, Promise] = {
    EventKind.PILOT_REGISTERED: gettext_lazy("You registered as a pilot."),
    EventKind.PILOT_PROFILE_CHANGED: gettext_lazy("Your profile was changed."),
    EventKind.PILOT_STATUS_CHANGED: gettext_lazy("Your state as a pilot changed."),
    EventKind.BACKGROUND_CHECK_RECORDED: gettext_lazy("The certificate of good conduct was inspected."),
    EventKind.QUALIFICATION_RECORDED: gettext_lazy("A course was noted."),
    EventKind.HELP_SEEKER_REGISTERED: gettext_lazy("Somebody who looks for help was registered."),
    EventKind.CONSENT_GIVEN: gettext_lazy("You agreed anew."),
    EventKind.CONSENT_WITHDRAWN: gettext_lazy("A consent or pledge was taken back."),
    EventKind.DATA_HANDED_OUT: gettext_lazy("The office handed out what is held."),
    EventKind.PILOT_SILENCE_NOTICED: gettext_lazy("You were asked whether you want to stay."),
    EventKind.USER_INVITED: gettext_lazy("Somebody was invited."),
    EventKind.ROLE_CHANGED: gettext_lazy("A role was changed."),
    EventKind.ORGANISATION_REGISTERED: gettext_lazy("An organisation was registered."),
    EventKind.ORGANISATION_APPROVED: gettext_lazy("An organisation was approved."),
    EventKind.REGISTERED_AGAIN: gettext_lazy("Somebody registered once more with this address."),
    EventKind.OFFICE_CHANGED: gettext_lazy("Rules of the office were changed."),
    EventKind.PLAN_MADE: gettext_lazy("A plan was made."),
    EventKind.PLAN_APPLIED: gettext_lazy("Pilots were asked by a plan."),
}
WAYS_IN: Mapping[str, Promise] = {
    "email": gettext_lazy("E-mail address"),
    "webauthn": gettext_lazy("Passkey"),
    "totp": gettext_lazy("App with codes"),
    "recovery_codes": gettext_lazy("Emergency codes"),
}
REASONS: Mapping[str, Promise] = {
    **dict(AccessReason.choices),
    "confirmed_assignment": gettext_lazy("because of a confirmed appointment"),
    "confirmed_pilot": gettext_lazy("because of a confirmed appointment"),
}
LANGUAGE_FIELDS = frozenset({"language", "languages", "via"})
CARD_AT_MOST = 3  # more rows than that are a table
OPEN_AT_MOST = 12  # more rows than that are folded up
SHOWN_AT_MOST = 100  # more rows than that nobody reads; the file for programs has them all


@dataclass(frozen=True)
class Part:
    """One section: a table where there are many rows, a list of pairs else."""

    title: str
    columns: list[str]
    rows: list[list[tuple[str, str]]]
    count: int  # of all rows, older ones that are not shown among them

    @property
    def folded(self) -> bool:
        """Whether the section is long enough to be opened only on demand."""
        return len(self.rows) > OPEN_AT_MOST


def readable(exported: Mapping[str, Any]) -> list[Part]:
    """The export as sections. Ids and empty values are left to the file for programs."""
    parts = [
        _part(str(TITLES.get(held["model"], held["model"])), held["rows"], model=held["model"])
        for held in exported["holdings"]
    ]
    ways = [{**row, "kind": str(WAYS_IN.get(row["kind"], row["kind"]))} for row in exported["sign_in"]]
    opened = [
        {**row, "reason": str(REASONS.get(row["reason"], row["reason"]))}
        for row in exported["opened_by_others"]
    ]
    parts.append(_part(_("Ways to sign in"), ways))
    parts.append(_part(_("When others opened your sealed data"), opened))
    parts.append(_part(_("What happened"), _counted(exported["events"])))
    return [part for part in parts if part.rows]


def _counted(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each kind of event once, with how often and when last: one by one they stand in the file for programs."""
    kinds: dict[str, list[str]] = {}
    for event in events:
        kinds.setdefault(event["kind"], []).append(event["happened_at"])
    return [
        {
            "what": str(HAPPENINGS.get(kind) or EVENTS.get(kind) or _("Something else was done.")),
            "how_often": len(times),
            "last_at": max(times),
        }
        for kind, times in kinds.items()
    ]


def _part(title: str, rows: list[dict[str, Any]], *, model: str = "") -> Part:
    told = [
        name for name in (rows[0] if rows else ()) if name in FIELDS and any(_says(row[name]) for row in rows)
    ]
    newest = rows[-SHOWN_AT_MOST:]
    texts = [[(str(FIELDS[name]), _text(row[name], name, model)) for name in told] for row in newest]
    columns = [str(FIELDS[name]) for name in told] if len(rows) > CARD_AT_MOST else []
    return Part(title, columns, [row for row in texts if row], len(rows))


def _says(value: Any) -> bool:
    return value not in (None, "", [], {})


def _text(value: Any, name: str, model: str) -> str:
    """A value in the reader's words; what has none stays as it is."""
    if not _says(value):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return listed(_text(one, name, model) for one in value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {part}" for key, part in value.items())
    if name in LANGUAGE_FIELDS and isinstance(value, str):
        return language_name(value)
    if isinstance(value, float):
        return f"{value:.2f}"
    moment = parse_datetime(value) if isinstance(value, str) and len(value) > 18 else None
    if isinstance(moment, datetime):
        return moment_in_words(moment, settings.TIME_ZONE)
    if isinstance(value, str) and (point := POINT.fullmatch(value)):
        return f"{float(point['lat']):.4f}, {float(point['lon']):.4f}"
    return str(_choice(value, name, model) or value)


def _choice(value: Any, name: str, model: str) -> Any:
    """The word that the model's own list of choices has for the value."""
    return _choices(model, name).get(value)


@cache
def _choices(model: str, name: str) -> dict[Any, Any]:
    for candidate in own_models():  # Django has a Session, too
        if candidate.__name__ == model:
            field = candidate._meta.get_field(name)
            base = getattr(field, "base_field", field)
            return dict(getattr(base, "flatchoices", ()))
    return {}
