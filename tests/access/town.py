"""Two offices, and in the first of them each case twice: one's own, and somebody else's."""

import time
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from backend.accounts.commands import invite
from backend.accounts.entry import openid
from backend.accounts.models import Office, OfficeLogo, User
from backend.accounts.roles import Role
from backend.clock import database_now
from backend.dispatch.commands.plans import make_plan
from backend.dispatch.models import AcceptanceVersion, PlanRun
from backend.people.models import PilotOffice
from backend.privacy.access.operations import Whose
from backend.privacy.access.readers import Reader
from backend.sign_in_providers import Provider
from backend.web.office_look import sheet_hash
from notifications import pulse
from tests import factories as make
from tests.access.case import SERVICE, Case
from tests.factories import NOW

R = Reader


@dataclass
class Town:
    """`own` and `beside` are two cases of one office, `foreign` one of another; `lending` is a third office."""

    def __post_init__(self) -> None:
        make.a_gazetteer()
        self.office = make.an_office("osnabrueck", make.OSNABRUECK_POSTCODES, accepts_self_registration=True)
        self.elsewhere = make.an_office("friesland", ["26441"], accepts_self_registration=True)
        self.lending = make.an_office("emsland", ["49808"])
        for office in (self.office, self.elsewhere):
            office.colour = "#0b5563"
            office.save()
            content = office.slug.encode()
            OfficeLogo.objects.create(
                office=office,
                content=content,
                digest=sha256(content).hexdigest()[:12],
                text="x",
                width=1,
                height=1,
                changed_at=NOW,
            )
        openid._known[A_SERVICE.issuer] = (time.monotonic(), WHAT_IT_SAYS)  # so that nobody is called
        # By the clock of the database, which rules it: in a day, however long the tests take.
        pulse.beat("worker", at=database_now() + timedelta(days=1))
        self.readers: dict[Reader, User | None] = {R.STRANGER: None}
        kaya = make.a_coordinator("qxkaya", self.office)
        frauke = make.a_coordinator("qxfrauke", self.elsewhere)
        self.own = Case("own", self.office, kaya, "49074")
        self.beside = Case("beside", self.office, kaya, "49076")
        self.foreign = Case("foreign", self.elsewhere, frauke, "26441")
        self.readers |= self.own.users
        self._staff(kaya)
        self._of_offices(kaya, frauke)

    def _staff(self, kaya: User) -> None:
        borrower = make.a_coordinator("qxborrower", self.lending)
        for case in (self.own, self.beside):
            PilotOffice.objects.create(pilot=case.pilots["confirmed"], office=self.lending, kind="LENT")
        self.readers |= {
            R.COORDINATOR: kaya,
            R.BORROWER: borrower,
            R.ADMIN: make.an_admin("qxadmin", self.office),
            R.AUDITOR: make.a_member("qxauditor", self.office, Role.AUDITOR),
        }
        for reader in (R.COORDINATOR, R.BORROWER, R.ADMIN, R.AUDITOR):
            user = self.readers[reader]
            assert user is not None
            self.own.own_things(reader, user)
        # To the borrowing office "own" is its own office, and "of the office" too.
        for case in (self.own, self.beside):
            case.of_reader[R.BORROWER, "office"] = self.lending.pk

    def _of_offices(self, kaya: User, frauke: User) -> None:
        far = make.an_admin("qxfaradmin", self.elsewhere)
        for case, by, admin, name in (
            (self.own, kaya, self.readers[R.ADMIN], "qxcolleague"),
            (self.foreign, frauke, far, "qxfarcolleague"),
        ):
            colleague = make.a_member(name, case.office, Role.COORDINATOR)
            case.marks.values["staff_email"] = name
            invitation = invite(
                email=case.marks.email("invited_staff"),
                role=Role.AUDITOR,
                language="de",
                office_id=case.office.pk,
                organisation_id=None,
                by=admin,
                now=NOW,
            )
            plan: PlanRun = make_plan(office_ids=[case.office.pk], by=by, now=NOW)
            version = AcceptanceVersion.objects.create(
                office=case.office,
                number=1,
                answers=10,
                parameters={"params": {"features": []}},
                report=A_REPORT,
                trained_at=NOW,
            )
            case.ids |= {
                "membership": colleague.memberships.get().pk,
                "invitation": invitation.pk,
                "plan": plan.pk,
                "proposal": plan.proposals.order_by("pk").first().pk,
                "acceptance_version": version.pk,
            }
        for kind in ("membership", "invitation", "plan", "proposal", "acceptance_version"):
            self.beside.ids[kind] = self.own.ids[kind]

    def case(self, whose: Whose) -> Case:
        return {Whose.OWN: self.own, Whose.OFFICE: self.beside, Whose.FOREIGN: self.foreign}[whose]


def looks_of(office: Office) -> dict[str, str]:
    """By which the addresses of its style sheet and its logo go."""
    return {"sheet": sheet_hash(office), "logo": OfficeLogo.objects.get(office=office).digest}


A_SERVICE = Provider(SERVICE, "Stadt", "https://anmeldung.example", "ilos", "x", offices=("osnabrueck",))
WHAT_IT_SAYS = {
    "issuer": A_SERVICE.issuer,
    **{name: f"{A_SERVICE.issuer}/{name}" for name in openid.ENDPOINTS},
}
_FIGURES: dict[str, Any] = {"brier": 0.2, "log_loss": 0.6, "ece": 0.1, "bins": []}
A_REPORT: dict[str, Any] = {
    "answers": 10,
    "learned_from": 8,
    "held_out": 2,
    "said_yes": 0.5,
    "goes_live": False,
    "gain": {"mean": 0.0, "standard_error": 0.1},
    "model": _FIGURES,
    "prior": {**_FIGURES, "parameters": {"level": 0.5}},
    "groups": {"gender": [], "language": []},
    "weights": {"distance": 0.3},
    "delay": {"median_hours": 3.0, "spread": 1.0},
}
