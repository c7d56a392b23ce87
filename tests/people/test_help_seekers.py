"""How does somebody in need become known, under how little data, and by whom?"""

from typing import Any

import pytest

from backend.accounts.models import Membership, User
from backend.accounts.roles import Role
from backend.errors import Conflict, NotPermitted, NotThere, RuleViolated
from backend.journal.kinds import EventKind
from backend.keys import uuid7
from backend.people.commands.help_seekers import register_help_seeker, register_oneself
from backend.people.models import Consent, HelpSeeker, Identity
from backend.people.profile import PersonalData
from geo.locating import locate
from tests import factories as make
from tests.asserting import recorded, refused
from tests.conftest import Cast
from tests.factories import NOW


def register(by: User, **given: Any) -> HelpSeeker:
    values: dict[str, Any] = {
        "case_key": "SCH-7",
        "languages": ["kmr", "kmr-TR"],
        "home": locate(private=True, postcode="49074"),
        "needs": ["school", "authority"],
        "gender_wish": "f",
        "organisation_id": None,
        "data_protection": True,
        "now": NOW,
    }
    return register_help_seeker(by=by, **{**values, **given})


class TestByAnOrganisation:
    def test_under_a_case_key_and_no_name(self, cast: Cast) -> None:
        samir = register(cast.rita, case_key=" SCH-7 ")
        assert (samir.office, samir.organisation) == (cast.osnabrueck, cast.school)
        assert (samir.case_key, samir.languages, samir.needs) == ("SCH-7", ["kmr"], ["authority", "school"])
        assert (samir.identity, samir.user, samir.home.private) == (None, None, True)
        assert not Identity.objects.exists()
        consent = Consent.objects.get(help_seeker=samir)
        assert (consent.user, consent.kind) == (cast.rita, "data_protection")
        event = recorded(EventKind.HELP_SEEKER_REGISTERED, samir)
        assert (event.actor_id, event.office_id, event.facts) == (cast.rita.pk, cast.osnabrueck.pk, {})

    def test_the_office_registers_without_or_for_an_organisation(self, cast: Cast) -> None:
        assert register(cast.kaya).organisation is None
        assert register(cast.kaya, organisation_id=cast.school.pk).organisation == cast.school

    def test_whoever_belongs_to_two_must_say_for_which(self, cast: Cast) -> None:
        school, other = cast.school, make.an_organisation("vera", cast.kaya)
        Membership.objects.create(user=cast.rita, role=Role.REQUESTER, organisation=other, created_at=NOW)
        with refused(RuleViolated, "organisation_missing", field="organisation"):
            register(cast.rita)
        for organisation in (school, other):
            registered = register(cast.rita, organisation_id=organisation.pk)
            assert registered.organisation == organisation

    def test_a_case_key_is_the_organisations_own(self, cast: Cast) -> None:
        other = make.an_organisation("vera", cast.kaya)
        register(cast.rita)
        assert register(cast.kaya, organisation_id=other.pk).case_key == "SCH-7"
        assert register(cast.kaya).case_key == "SCH-7"
        for by, organisation_id in ((cast.rita, None), (cast.kaya, cast.school.pk), (cast.kaya, None)):
            with refused(Conflict, "case_key_taken"):
                register(by, organisation_id=organisation_id)

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({"data_protection": False}, "consent_missing"),
            ({"case_key": "  "}, "case_key_missing"),
            ({"languages": []}, "languages_missing"),
            ({"languages": ["tlh"]}, "language_unknown"),
        ],
    )
    def test_refusals(self, cast: Cast, given: dict[str, Any], code: str) -> None:
        assert cast.school
        with refused(RuleViolated, code):
            register(cast.rita, **given)

    def test_not_for_a_foreign_or_unknown_organisation(self, cast: Cast) -> None:
        for by, organisation_id in ((cast.otto, cast.school.pk), (cast.rita, uuid7())):
            with refused(NotThere, "organisation_unknown"):
                register(by, organisation_id=organisation_id)

    def test_not_before_approval(self, cast: Cast) -> None:
        cast.school.approved_at = None
        cast.school.save()
        for by in (cast.rita, cast.kaya):
            with refused(NotPermitted, "organisation_not_approved"):
                register(by, organisation_id=cast.school.pk)

    def test_not_in_another_office(self, cast: Cast) -> None:
        elsewhere = locate(private=True, postcode="26441")
        with refused(NotPermitted, "organisation_not_served"):
            register(cast.rita, home=elsewhere)
        with refused(NotPermitted, "not_permitted"):
            register(cast.kaya, home=elsewhere)

    @pytest.mark.parametrize("name", ["ana", "frauke"])
    def test_not_by_pilots_and_other_offices(self, cast: Cast, name: str) -> None:
        who = getattr(cast, name)
        with refused(NotPermitted, "not_permitted", permission="manage_help_seekers"):
            register(getattr(who, "user", who))


class TestOneself:
    def register(self, **given: Any) -> HelpSeeker:
        values: dict[str, Any] = {
            "email": "samir@example.org",
            "language": "en",
            "person": PersonalData(name="Samir Haddad", phone="+49541888"),
            "languages": ["ar"],
            "home": locate(private=True, postcode="49074"),
            "needs": ["housing"],
            "gender_wish": "",
            "data_protection": True,
            "by": None,
            "now": NOW,
        }
        return register_oneself(**{**values, **given})

    @pytest.fixture(autouse=True)
    def open_office(self, cast: Cast) -> None:
        cast.osnabrueck.accepts_self_registration = True
        cast.osnabrueck.save()

    def test_where_the_office_allows_it(self, cast: Cast) -> None:
        samir = self.register()
        assert (samir.office, samir.organisation) == (cast.osnabrueck, None)
        assert samir.user.email == "samir@example.org"
        assert samir.identity.name == "Samir Haddad"
        assert samir.case_key.startswith("S-")
        assert Consent.objects.get(help_seeker=samir).user == samir.user
        assert Consent.objects.get(help_seeker=samir).confirmed_at is None
        assert recorded(EventKind.HELP_SEEKER_REGISTERED, samir).actor_id is None

    def test_not_where_it_does_not(self, cast: Cast) -> None:
        with refused(NotPermitted, "self_registration_closed", office="Friesland", phone="0541 1234"):
            self.register(home=locate(private=True, postcode="26441"))
        assert not User.objects.filter(email="samir@example.org").exists()

    def test_consent_is_needed(self, cast: Cast) -> None:
        with refused(RuleViolated, "consent_missing", field="data_protection"):
            self.register(data_protection=False)

    def test_twice_is_once(self, cast: Cast) -> None:
        first = self.register()
        second = self.register(email="SAMIR@example.org", languages=["tr"])
        assert second == first
        assert (second.languages, HelpSeeker.objects.count()) == (["ar"], 1)
        assert recorded(EventKind.REGISTERED_AGAIN, first.user).actor_id is None

    def test_nobody_binds_the_account_of_another(self, cast: Cast) -> None:
        for by in (None, cast.ana.user):
            assert self.register(email=cast.kaya.email, by=by) is None
        assert not HelpSeeker.objects.exists()
        assert not Consent.objects.filter(user=cast.kaya).exists()

    def test_whoever_is_signed_in_may_ask_for_herself(self, cast: Cast) -> None:
        ana = cast.ana.user
        own = self.register(email=ana.email, by=ana)
        assert own.user == ana
        assert Consent.objects.get(help_seeker=own).confirmed_by == ana
        assert recorded(EventKind.HELP_SEEKER_REGISTERED, own).actor_id == ana.pk


def test_who_sees_a_help_seeker(cast: Cast) -> None:
    samir = cast.samir
    readers = {"kaya": True, "rita": True, "otto": False, "frauke": False}
    for name, sees in readers.items():
        assert HelpSeeker.objects.visible_to(getattr(cast, name)).filter(pk=samir.pk).exists() is sees, name
    assert not HelpSeeker.objects.visible_to(cast.ana.user).exists()
