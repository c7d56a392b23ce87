"""What do we tell people about their data: what, why, on which ground, how long? Read from the privacy register."""

import re
from dataclasses import dataclass
from functools import cache

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backend.privacy.own_models import own_models
from backend.privacy.register import FOREIGN, Entry, entry_of

TASK = gettext_lazy("A public task of the municipality: Art. 6 (1) (e) GDPR.")
CONSENT = gettext_lazy(
    "Your consent, which you may withdraw at any time: Art. 6 (1) (a), and Art. 9 (2) (a) GDPR, because a language "
    "and a matter can tell of origin, religion or health."
)
DUTY = gettext_lazy("A legal duty to keep data safe: Art. 6 (1) (c) and Art. 32 GDPR.")


@dataclass(frozen=True)
class Part:
    """One kind of data: what it is, why we have it, on which ground; `tables` are those of the register."""

    title: Promise
    what: Promise
    why: Promise
    ground: Promise
    tables: tuple[str, ...]


PARTS: tuple[Part, ...] = (
    Part(
        gettext_lazy("Your account"),
        gettext_lazy("E-mail address, language, role, when you last signed in."),
        gettext_lazy("So that you can sign in, and so that messages reach you in your language."),
        TASK,
        ("User", "Membership", "account.EmailAddress", "mfa.Authenticator", "sessions.Session"),
    ),
    Part(
        gettext_lazy("Volunteers: who you are"),
        gettext_lazy("Name, phone, street; stored encrypted, and each opening is logged."),
        gettext_lazy("So that your office can reach you."),
        CONSENT,
        ("Identity",),
    ),
    Part(
        gettext_lazy("Volunteers: what you can and wish to do"),
        gettext_lazy(
            "Languages and levels, home as postcode, free times, absences, topics, courses, and that a certificate "
            "of conduct was inspected (never the certificate itself)."
        ),
        gettext_lazy("So that you are asked only for what fits."),
        CONSENT,
        (
            "Pilot",
            "LanguageSkill",
            "Availability",
            "Absence",
            "Veto",
            "Place",
            "Qualification",
            "BackgroundCheck",
            "Reach",
            "Consent",
        ),
    ),
    Part(
        gettext_lazy("People who are accompanied"),
        gettext_lazy("A file number instead of a name, languages, district, what it is about."),
        gettext_lazy("So that somebody who speaks the language comes along."),
        CONSENT,
        ("HelpSeeker", "HelpRequest"),
    ),
    Part(
        gettext_lazy("Meeting point, contact and notes of an appointment"),
        gettext_lazy("Where to meet and who waits there; stored encrypted, shown only to who needs it."),
        gettext_lazy("So that people find each other."),
        CONSENT,
        ("ConfidentialDetails",),
    ),
    Part(
        gettext_lazy("Who was asked, and why"),
        gettext_lazy("Suggestions with their reasons, questions and answers."),
        gettext_lazy(
            "So that the office can explain each choice. A person decides, never the computer alone."
        ),
        TASK,
        ("Suggestion", "Offer", "PlanRun", "PlanProposal"),
    ),
    Part(
        gettext_lazy("Assignments and reports"),
        gettext_lazy("Who went where and when, and how long it took."),
        gettext_lazy("For accident insurance, allowances and the yearly report."),
        TASK,
        ("Assignment", "ActivityReport"),
    ),
    Part(
        gettext_lazy("Messages"),
        gettext_lazy("To whom which message went out and when; not its text."),
        gettext_lazy("So that no message gets lost."),
        TASK,
        ("Delivery", "MessageText"),
    ),
    Part(
        gettext_lazy("Reported barriers"),
        gettext_lazy("What you wrote and, if you gave it, your e-mail address; stored encrypted."),
        gettext_lazy("So that we mend the page and can answer you."),
        TASK,
        ("BarrierReport",),
    ),
    Part(
        gettext_lazy("Logs"),
        gettext_lazy("Who opened whose sealed data and when."),
        gettext_lazy("So that misuse is noticed."),
        DUTY,
        ("AccessLog",),
    ),
)
OTHER = Part(
    gettext_lazy("Technical data"),
    gettext_lazy("What the pages need to work: sessions, keys, answers to programs."),
    gettext_lazy("So that the service is safe and reliable."),
    DUTY,
    (),
)
PERIOD = re.compile(r"(\d+) (hours?|days?|months?|years?)")
COUNTED: dict[str, Promise] = {
    "the end of the activity or of the case": gettext_lazy("after the activity or the case has ended"),
    "the last session": gettext_lazy("after the last appointment"),
    "left_at": gettext_lazy("after you have left"),
    "the end of the activity": gettext_lazy("after you have left"),
    "withdrawn_at": gettext_lazy("after you have withdrawn it or have left"),
    "reported_at": gettext_lazy("after the report"),
}


@dataclass(frozen=True)
class Told:
    """One part as it stands in the notice."""

    part: Part
    periods: list[str]


def notice() -> list[Told]:
    """All parts, each with the periods that the register promises; tables of no part come last, together."""
    entries = _entries()
    named = {table for part in PARTS for table in part.tables}
    rest = tuple(table for table in entries if table not in named)
    told = [Told(part, _periods(part.tables, entries)) for part in PARTS]
    return [*told, Told(OTHER, _periods(rest, entries))] if rest else told


@cache
def _entries() -> dict[str, tuple[str, str]]:
    """(kept for, counted from) of each table that holds something of people."""
    found = {model.__name__: _kept(entry_of(model)) for model in own_models() if _is_personal(model)}
    return found | {label: (foreign.keep_for, foreign.counted_from) for label, foreign in FOREIGN.items()}


def _is_personal(model: type[models.Model]) -> bool:
    entry = entry_of(model)
    return bool(entry.keep_for)


def _kept(entry: Entry) -> tuple[str, str]:
    return entry.keep_for or "", " or ".join(entry.counted_from)


def _periods(tables: tuple[str, ...], entries: dict[str, tuple[str, str]]) -> list[str]:
    """In words, each once."""
    return list(dict.fromkeys(_in_words(*entries[table]) for table in tables if table in entries))


def _in_words(kept: str, counted: str) -> str:
    found = PERIOD.search(kept)
    if not found:
        return _("as long as you are with us")
    number, unit = int(found[1]), found[2].rstrip("s")
    length = {
        "hour": ngettext("%(count)s hour", "%(count)s hours", number),
        "day": ngettext("%(count)s day", "%(count)s days", number),
        "month": ngettext("%(count)s month", "%(count)s months", number),
        "year": ngettext("%(count)s year", "%(count)s years", number),
    }[unit] % {"count": number}
    since = COUNTED.get(counted)
    return f"{length} {since}" if since else length
