"""People whose every word is marked, led through every flow; and everywhere that no mark may be found afterwards.

The one exception has a name: the login e-mail stands in clear in the tables of logins, and in the head of a mail to
that very address. Used by the test with one of each, and by the bench with hundreds.
"""

import io
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from unittest.mock import patch

from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from uuid_utils.compat import uuid7

from backend.accounts.models import Session, User
from backend.dispatch.commands.assignments import report_activity
from backend.dispatch.commands.drafts import save_draft
from backend.dispatch.commands.help_requests import Confidential
from backend.dispatch.models import Assignment, HelpRequest, Override, ReportSettlement
from backend.log_lines import JsonLines, NoValues
from backend.masked_logs import MaskedAddresses
from backend.operations.metrics import exposition
from backend.people.commands.own_data import change_own_person
from backend.people.models import HelpSeeker, Pilot
from backend.people.profile import PersonalData
from backend.ticks import each
from backend.web.sessions import SessionStore
from notifications import outbox
from tests import factories as make
from tests.conftest import Cast
from tests.factories import NOW, at
from tests.redis_content import redis_content
from tests.web.account_browser import fresh_browser

# The third is whoever is about to sign in with a code by mail: her address waits in the session, and goes with it.
TABLES_OF_LOGINS = frozenset({"accounts_user", "account_emailaddress", "accounts_session, opened"})
PAGES = (
    "web:home", "web:become_pilot", "web:seek_help", "web:worklist", "web:pilots", "web:plan", "web:organisations",
    "web:failed_deliveries", "web:access_log", "web:settings", "web:settings_people", "web:figures", "web:my_requests",
    "web:my_assignments", "web:my_times", "web:my_data", "web:team", "web:reports", "web:expiring", "web:live",
)  # fmt: skip


@dataclass
class Marks:
    """Every mark that was handed out: words that only the vault may hold, and addresses of logins."""

    serial: int
    words: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def word(self, what: str) -> str:
        """A name, street or note that can be found again."""
        self.words.append(f"Zzkanari{what}{self.serial}q")
        return self.words[-1]

    def phone(self) -> str:
        self.words.append(f"+49541770{self.serial:05}")
        return self.words[-1]

    def address(self, what: str) -> str:
        self.addresses.append(f"zzkanari-{what}-{self.serial}@marke.example")
        return self.addresses[-1]


@dataclass(frozen=True)
class Told:
    """The rows of one story, for pages that need an id."""

    pilot: Pilot
    help_seeker: HelpSeeker
    request: HelpRequest
    assignment: Assignment


def story(cast: Cast, marks: Marks) -> Told:
    """One volunteer and one help-seeker through registration, request, offer, confirmation, report, export, errors."""
    public, office = Client(raise_request_exception=False), fresh_browser(cast.kaya)
    pilot = _volunteer(cast, marks, public)
    seeker = _help_seeker(marks, public)
    public.post(
        reverse("web:report_barrier") + "?leitstelle=osnabrueck",
        {"what": marks.word("barriere"), "email": marks.address("barriere")},
    )
    hour = at(10, 10) + timedelta(days=marks.serial % 60)
    request = make.a_help_request(
        seeker,
        seeker.user,
        slots=[(hour, hour + timedelta(hours=1))],
        confidential=Confidential(
            meeting_point=marks.word("treff"), contact_on_site=marks.word("kontakt"), note=marks.word("notiz")
        ),
    )
    save_draft(draft_id=uuid7(), values={"note": marks.word("entwurf")}, by=seeker.user, now=NOW)
    assignment = make.an_assignment(request, pilot, cast.kaya)
    Override.objects.create(
        offer=assignment.offer, codes=["veto"], note=marks.word("trotzdem"), made_by=cast.kaya, made_at=NOW
    )
    report = report_activity(
        assignment_id=assignment.pk,
        done=True,
        not_done_reason="",
        minutes=60,
        km=3,
        by=pilot.user,
        now=hour + timedelta(hours=2),
    )
    ReportSettlement.objects.create(
        assignment=assignment,
        report=report,
        note=marks.word("klaerung"),
        settled_by=cast.kaya,
        settled_at=hour + timedelta(days=1),
    )
    outbox.fan_out(now=NOW)
    outbox.send_due(now=NOW)
    for name in ("pilot", "contact", "pilot_rights"):
        assert office.get(reverse(f"web:{name}", args=[pilot.pk])).status_code == 200
    office.get(reverse("web:office_request", args=[request.pk]))
    assert office.get(reverse("web:pilot_export", args=[pilot.pk]) + "?form=json").status_code == 200
    hers = fresh_browser(pilot.user)
    assert hers.get(reverse("web:my_export_file")).status_code == 200
    _errors(marks, public, hers)
    return Told(pilot, seeker, request, assignment)


def _volunteer(cast: Cast, marks: Marks, public: Client) -> Pilot:
    """By the form first, with one mistake; then made active by the office."""
    form = {
        "name": marks.word("lotsin"),
        "email": marks.address("lotsin"),
        "postcode": "00000",
        "place": "Osnabrück",
        "data_protection": "on",
    }
    assert public.post(reverse("web:become_pilot"), form).status_code == 422
    assert public.post(reverse("web:become_pilot"), {**form, "postcode": "49074"}).status_code == 302
    public.post(reverse("account_request_login_code"), {"email": form["email"]})
    pilot = make.a_pilot(f"zzkanari-aktiv-{marks.serial}", cast.kaya)
    marks.addresses.append(pilot.user.email)
    person = PersonalData(name=marks.word("name"), phone=marks.phone(), street=marks.word("weg"))
    change_own_person(person=person, by=pilot.user, now=NOW)
    pilot.identity.refresh_from_db()
    return pilot


def _help_seeker(marks: Marks, public: Client) -> HelpSeeker:
    address = marks.address("sucht")
    sent = public.post(
        reverse("web:seek_help"),
        {
            "name": marks.word("sucht"),
            "email": address,
            "phone": marks.phone(),
            "postcode": "49084",
            "place": "Osnabrück",
            "languages-0-language": "kmr",
            "language": "kmr",
            "languages": "kmr",
            "needs": ["school"],
            "data_protection": "on",
        },
    )
    assert sent.status_code == 302, sent.content.decode()[-3000:]
    return HelpSeeker.objects.select_related("user", "office").get(user__email=address)


def _errors(marks: Marks, public: Client, hers: Client) -> None:
    """What is typed into addresses, what an exception carries, what the database says of a broken constraint."""
    secret = marks.word("fehler")
    public.get("/gibt/es/nicht/", {"name": secret})
    public.get(reverse("web:seek_help"), {"q": secret})
    public.post(reverse("account_login"), {"email": secret})
    with patch("backend.web.views.my_data.export_of", side_effect=RuntimeError(secret)):
        hers.raise_request_exception = False
        assert hers.get(reverse("web:my_export")).status_code == 500

    def twice(_: object) -> None:
        with transaction.atomic():
            User.objects.create_user(marks.addresses[0], created_at=NOW)

    each([uuid7()], twice)
    try:
        twice(None)
    except IntegrityError:
        logging.getLogger("backend").exception("could not be saved")


# --- where marks are looked for


@contextmanager
def log_lines() -> Iterator[io.StringIO]:
    """What the product would have written into its log, as its own handler writes it."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(JsonLines())
    for one in (NoValues(), MaskedAddresses()):
        handler.addFilter(one)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield text
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def tables() -> dict[str, str]:
    """Every table as text, sealed values as they lie there; sessions opened, which are only packed."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found[table] = "\n".join(row[0] for row in cursor.fetchall())
    sessions = Session.objects.values_list("data", flat=True)
    found["accounts_session, opened"] = "\n".join(str(SessionStore().decode(data)) for data in sessions)
    return found


def letters() -> str:
    """What was sent, without the address that each letter is for."""
    return "\n".join(
        str(letter.message()).replace(letter.to[0], "") + letter.subject + str(letter.body)
        for letter in mail.outbox
    )


def pages_of(users: Iterable[User | None]) -> str:
    """What these people see on all pages that are theirs to open."""
    seen = []
    for user in users:
        client = Client(raise_request_exception=False)
        if user is not None:
            client.force_login(user)
        for name in PAGES:
            response = client.get(reverse(name))
            assert response.status_code < 500, name
            if not response.streaming:
                seen.append(response.content.decode(errors="replace"))
    return "\n".join(seen)


def everywhere(log: io.StringIO, strangers: Iterable[User | None]) -> dict[str, str]:
    """All places by name."""
    return {
        "log": log.getvalue(),
        "redis": redis_content().decode(errors="replace"),
        "metrics": exposition(now=NOW).decode(),
        "mails": letters(),
        "pages of strangers": pages_of(strangers),
        **{f"table {name}": text for name, text in tables().items()},
    }


def hits(places: Mapping[str, str], marks: Iterable[Marks]) -> list[str]:
    """Where which mark stands. Addresses are let be in the tables of logins alone."""
    found = []
    for one in marks:
        for place, text in places.items():
            low = text.casefold()
            found += [f"{place}: {word}" for word in one.words if word.casefold() in low]
            if place.removeprefix("table ") in TABLES_OF_LOGINS:
                continue
            found += [f"{place}: {address}" for address in one.addresses if address in low]
    return found
