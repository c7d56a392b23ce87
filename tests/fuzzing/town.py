"""Who lives in the town that is sent nonsense, and where is something of each kind?"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection

from backend.accounts.commands import issue_api_token
from backend.accounts.models import Office, Organisation, User
from backend.accounts.roles import Role
from backend.dispatch.client_card import card_token
from backend.dispatch.codes import WithdrawalReason
from backend.dispatch.commands.drafts import save_draft
from backend.dispatch.commands.help_requests import suggest_pilots, withdraw_help_request
from backend.dispatch.commands.plans import make_plan
from backend.dispatch.commands.waves import start_waves
from backend.dispatch.models import HelpRequest
from backend.journal.models import Event
from backend.keys import uuid7
from backend.people.commands.availability import add_absence
from backend.people.commands.help_seekers import register_oneself
from backend.people.commands.vetoes import add_veto
from backend.people.profile import PersonalData
from geo.locating import locate
from notifications.commands import renew_calendar_feed
from notifications.models import Delivery
from tests import factories as make
from tests.factories import NOW, at

ROLES = ("nobody", "pilot", "requester", "seeker", "coordinator", "admin", "auditor", "foreign")


@dataclass
class Town:
    """People by role, and ids by the model's name in lower case."""

    users: dict[str, User] = field(default_factory=dict)
    ids: dict[str, list[UUID]] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)  # of the links that open without signing in

    def an_id(self, kind: str, choice: random.Random) -> str:
        """Of something there is, mostly; else of nothing."""
        known = self.ids.get(kind, [])
        return str(choice.choice(known) if known and choice.random() < 0.9 else uuid7())


def a_town() -> Town:
    """One of everything, through the product's own commands, at the factories' NOW."""
    make.a_gazetteer()
    office = make.an_office("osnabrueck", make.OSNABRUECK_POSTCODES, accepts_self_registration=True)
    foreign = make.an_office("friesland", ["26441"])
    town = Town()
    kaya, frauke = make.a_coordinator("kaya", office), make.a_coordinator("frauke", foreign)
    ana = make.a_pilot("ana", kaya, skills={"kmr": 6, "tr": 4}, gender="f")
    ben = make.a_pilot("ben", kaya, skills={"kmr": 5}, postcode="49324", gender="m")
    make.a_pilot("cleo", kaya, active=False)
    make.an_organisation("rita", kaya)
    rita = User.objects.get(email="rita@rita.example")
    make.an_organisation("otto", frauke, postcode="26441", kind="hospital")
    samira = register_oneself(
        email="samira@samira.example",
        language="de",
        person=PersonalData(name="Samira", phone=""),
        languages=["kmr"],
        home=locate(private=True, postcode="49076"),
        needs=["authority"],
        gender_wish="",
        data_protection=True,
        by=None,
        now=NOW,
    )
    assert samira
    town.users = {
        "pilot": ana.user,
        "requester": rita,
        "seeker": User.objects.get(email="samira@samira.example"),
        "coordinator": kaya,
        "admin": make.an_admin("adam", office),
        "auditor": make.a_member("dora", office, Role.AUDITOR),
        "foreign": frauke,
    }
    _requests(town, office, kaya, rita, [ana, ben])
    add_absence(
        pilot_id=ana.pk, start_date=date(2026, 12, 1), end_date=date(2026, 12, 5), by=ana.user, now=NOW
    )
    add_veto(pilot_id=ana.pk, postcode="33602", by=ana.user, now=NOW)
    make_plan(office_ids=[office.pk], by=kaya, now=NOW)
    save_draft(draft_id=uuid7(), values={"topic": "school"}, by=rita, now=NOW)
    town.secrets["feed"] = renew_calendar_feed(by=ana.user, now=NOW)
    issue_api_token(name="old", scopes=("read",), days=30, by=kaya, now=NOW, is_strong=True)
    town.ids = {
        model._meta.model_name: list(model._default_manager.order_by("pk").values_list("pk", flat=True)[:20])
        for model in apps.get_models()
        if model._meta.app_label in {"accounts", "people", "dispatch", "notifications"}
    }
    return town


def _requests(town: Town, office: Office, kaya: User, rita: User, pilots: list[Any]) -> None:
    """One request in each state."""
    ana, ben = pilots
    samir = make.a_help_seeker(rita, case_key="SCH-7")
    held = make.a_help_request(
        samir, rita, slots=[(at(30, 10, month=10), at(30, 11, month=10))], now=NOW - timedelta(days=9)
    )
    make.an_assignment(held, ana, kaya, now=NOW - timedelta(days=8))
    make.a_help_request(samir, rita)
    asked = make.a_help_request(samir, rita, slots=[(at(12, 10), at(12, 11)), (at(13, 9), at(13, 10))])
    suggest_pilots(help_request_id=asked.pk, by=kaya, now=NOW)
    waiting, _other = make.offers_to(asked, [ana, ben], kaya)
    town.secrets["offer"] = waiting.new_link(at=NOW)
    accepted = make.a_help_request(samir, rita, slots=[(at(16, 10), at(16, 11))])
    make.accepted(make.offers_to(accepted, [ben], kaya)[0])
    assigned = make.a_help_request(samir, rita, topic="health", slots=[(at(17, 10), at(17, 11))])
    assignment = make.an_assignment(assigned, ana, kaya)
    town.secrets["card"] = card_token(assignment)
    withdrawn = make.a_help_request(samir, rita, slots=[(at(18, 10), at(18, 11))])
    withdraw_help_request(help_request_id=withdrawn.pk, reason=next(iter(WithdrawalReason)), by=rita, now=NOW)
    in_waves = make.a_help_request(samir, rita, slots=[(at(19, 10), at(19, 11))])
    start_waves(help_request_id=in_waves.pk, by=kaya, now=NOW)
    Delivery.objects.create(
        event=Event.objects.filter(kind="HELP_REQUEST_FILED").latest("happened_at"),
        template="request_received",
        recipient=rita,
        channel="email",
        subject_type="helprequest",
        subject_id=asked.pk,
        office=office,
        status="FAILED",
        due_at=NOW,
        failed_at=NOW,
        failure="refused",
        failure_detail="550",
    )
    assert HelpRequest.objects.count() == 7
    assert Organisation.objects.count() == 2


def fingerprint() -> str:
    """What the tables of the domain hold, as one number of PostgreSQL's; equal means that nothing has changed."""
    tables = [
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.app_label
        in {"accounts", "people", "dispatch", "journal", "notifications", "account", "mfa"}
        and model._meta.model_name != "accesslog"  # whoever reads a name leaves a line, refused or not
    ]
    parts = " UNION ALL ".join(
        f"SELECT '{table}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM \"{table}\" t"
        for table in sorted(tables)
    )
    with connection.cursor() as cursor:
        cursor.execute(parts)
        return repr(cursor.fetchall())
