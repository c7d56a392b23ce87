"""Can the office do for somebody on the phone what she could do herself, and nothing for anybody else?"""

import json

import pytest

from backend.accounts.models import Membership, User
from backend.accounts.roles import Role
from backend.dispatch.states import AssignmentStatus, HelpRequestStatus
from backend.errors import NotPermitted, NotThere, RuleViolated
from backend.journal.models import AccessLog, Event
from backend.people.commands.pilots import resume_pilot
from backend.people.models import Consent, HelpSeeker, Pilot
from backend.people.states import PilotStatus
from backend.privacy import ledger
from backend.privacy.commands.erasing import erase_account, erase_client, erase_pilot_account
from backend.privacy.commands.handing_out import hand_out_of_client, hand_out_of_pilot
from backend.privacy.commands.withdrawing import (
    give_consent,
    withdraw_consent,
    withdraw_consent_of_client,
    withdraw_consent_of_pilot,
)
from backend.privacy.retention import run
from tests import factories as make
from tests.factories import NOW, at
from tests.privacy.conftest import whole_database


class TestErasing:
    def test_a_client_without_an_account(self, cast) -> None:
        request = make.a_help_request(cast.samir, cast.rita, street="Schulweg 5")
        erase_client(help_seeker_id=cast.samir.pk, by=cast.kaya, now=NOW)

        request.refresh_from_db()
        cast.samir.refresh_from_db()
        assert request.status == HelpRequestStatus.WITHDRAWN
        assert cast.samir.languages == ["und"]
        assert "SCH-7" not in whole_database()
        assert "Schulweg" not in whole_database()
        assert not Consent.objects.filter(help_seeker=cast.samir, withdrawn_at=None).exists()
        assert Event.objects.filter(kind="HELP_SEEKER_ERASED", actor_id=cast.kaya.pk).count() == 1

    def test_her_organisation_may_too(self, cast) -> None:
        erase_client(help_seeker_id=cast.samir.pk, by=cast.rita, now=NOW)
        assert HelpSeeker.objects.get(pk=cast.samir.pk).languages == ["und"]

    def test_a_pilot_who_calls(self, cast) -> None:
        assignment = make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
        erase_pilot_account(pilot_id=cast.ana.pk, by=cast.kaya, now=NOW)

        assignment.refresh_from_db()
        assert assignment.status == AssignmentStatus.CANCELLED
        assert "ana@ana.example" not in whole_database()
        assert Event.objects.get(kind="ACCOUNT_ERASED").actor_id == cast.kaya.pk

    def test_not_by_others(self, cast) -> None:
        for by in (cast.frauke, cast.otto, cast.ana.user):
            with pytest.raises((NotThere, NotPermitted)):
                erase_client(help_seeker_id=cast.samir.pk, by=by, now=NOW)
        for by in (cast.frauke, cast.rita, cast.ben.user):
            with pytest.raises((NotThere, NotPermitted)):
                erase_pilot_account(pilot_id=cast.ana.pk, by=by, now=NOW)
        assert "ana@ana.example" in whole_database()

    def test_not_who_is_something_elsewhere_too(self, cast) -> None:
        Membership.objects.create(
            user=cast.ana.user, role=Role.COORDINATOR, office=cast.friesland, created_at=NOW
        )
        for act in (erase_pilot_account, hand_out_of_pilot):
            with pytest.raises(RuleViolated, match="only_she_herself"):
                act(pilot_id=cast.ana.pk, by=cast.kaya, now=NOW)


class TestHandingOut:
    def test_all_of_a_client_without_an_account(self, cast) -> None:
        make.a_help_request(cast.samir, cast.rita)
        told = hand_out_of_client(help_seeker_id=cast.samir.pk, by=cast.kaya, now=NOW)

        found = {part["model"]: part["rows"] for part in told["holdings"]}
        assert found["HelpSeeker"][0]["case_key"] == "SCH-7"
        assert found["ConfidentialDetails"][0]["contact_on_site"] == "Frau Beispiel"
        assert {"HelpRequest", "HelpRequestSlot", "Consent", "Place"} <= set(found)
        assert "rita@" not in json.dumps(told)
        log = AccessLog.objects.get()
        assert (log.reason, log.reader_id) == ("data_request", cast.kaya.pk)

    def test_the_same_of_a_pilot_as_she_sees_herself(self, cast) -> None:
        told = hand_out_of_pilot(pilot_id=cast.ana.pk, by=cast.kaya, now=NOW)
        assert {part["model"] for part in told["holdings"]} >= {
            "Identity",
            "LanguageSkill",
            "BackgroundCheck",
        }
        assert Event.objects.filter(kind="DATA_HANDED_OUT").count() == 1

    def test_not_to_others(self, cast) -> None:
        for by in (cast.frauke, cast.otto, cast.ana.user):
            with pytest.raises((NotThere, NotPermitted)):
                hand_out_of_client(help_seeker_id=cast.samir.pk, by=by, now=NOW)


class TestTakingBack:
    def test_without_the_pledge_a_pilot_pauses_until_she_pledges_anew(self, cast) -> None:
        assignment = make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
        ana = cast.ana.user
        withdraw_consent(kind="confidentiality", by=ana, now=NOW)

        assignment.refresh_from_db()
        assert assignment.status == AssignmentStatus.CANCELLED
        assert Pilot.objects.get(pk=cast.ana.pk).status == PilotStatus.PAUSED
        assert not cast.ana.reaches.exists()
        with pytest.raises(RuleViolated, match="pilot_not_ready"):
            resume_pilot(pilot_id=cast.ana.pk, by=ana, now=NOW)

        give_consent(kind="confidentiality", by=ana, now=NOW)
        resume_pilot(pilot_id=cast.ana.pk, by=ana, now=NOW)
        assert Pilot.objects.get(pk=cast.ana.pk).status == PilotStatus.ACTIVE
        kinds = Event.objects.filter(kind__startswith="CONSENT_").values_list("kind", flat=True)
        assert list(kinds.order_by("pk")) == ["CONSENT_WITHDRAWN", "CONSENT_GIVEN"]

    def test_without_consent_she_is_erased_after_thirty_days(self, cast) -> None:
        withdraw_consent_of_pilot(pilot_id=cast.ana.pk, kind="data_protection", by=cast.kaya, now=NOW)
        with pytest.raises(RuleViolated, match="pilot_not_ready"):
            resume_pilot(pilot_id=cast.ana.pk, by=cast.ana.user, now=NOW)
        run(now=at(2, 9, month=12))
        assert Pilot.objects.get(pk=cast.ana.pk).status == PilotStatus.PAUSED
        run(now=at(2, 11, month=12))
        assert Pilot.objects.get(pk=cast.ana.pk).status == PilotStatus.ERASED

    def test_unless_she_agrees_again(self, cast) -> None:
        withdraw_consent(kind="data_protection", by=cast.ana.user, now=NOW)
        give_consent(kind="data_protection", by=cast.ana.user, now=at(20, 9))
        run(now=at(5, 11, month=12))
        assert Pilot.objects.get(pk=cast.ana.pk).status == PilotStatus.PAUSED

    def test_for_a_client_nobody_is_looked_for(self, cast) -> None:
        request = make.a_help_request(cast.samir, cast.rita)
        withdraw_consent_of_client(help_seeker_id=cast.samir.pk, by=cast.rita, now=NOW)

        request.refresh_from_db()
        assert request.status == HelpRequestStatus.WITHDRAWN
        with pytest.raises(RuleViolated, match="consent_withdrawn"):
            make.a_help_request(cast.samir, cast.rita)
        run(now=at(5, 11, month=12))
        assert HelpSeeker.objects.get(pk=cast.samir.pk).languages == ["und"]

    def test_a_requesters_erasure_leaves_what_she_attested_for_others(self, cast) -> None:
        erase_account(by=User.objects.get(pk=cast.rita.pk), now=NOW) if cast.samir else None
        assert Consent.objects.filter(help_seeker=cast.samir, withdrawn_at=None).exists()

    def test_not_twice_and_not_by_others(self, cast) -> None:
        withdraw_consent(kind="confidentiality", by=cast.ana.user, now=NOW)
        with pytest.raises(RuleViolated, match="consent_not_given"):
            withdraw_consent(kind="confidentiality", by=cast.ana.user, now=NOW)
        with pytest.raises((NotThere, NotPermitted)):
            withdraw_consent_of_pilot(pilot_id=cast.ana.pk, kind="data_protection", by=cast.frauke, now=NOW)
        with pytest.raises((NotThere, NotPermitted)):
            withdraw_consent_of_client(help_seeker_id=cast.samir.pk, by=cast.otto, now=NOW)


class TestLedger:
    @pytest.fixture(autouse=True)
    def file(self, settings, tmp_path) -> None:
        settings.ERASURE_LEDGER_FILE = str(tmp_path / "beside" / "erasures.jsonl")

    def test_a_restore_brings_nobody_back(self, cast, django_capture_on_commit_callbacks) -> None:
        """The rows of the older backup are there again; the replay ends them, and a second one does nothing."""
        ana, samir = cast.ana.user, cast.samir
        pledge = Consent.objects.get(user=cast.ben.user, kind="confidentiality")
        ledger._append(
            [
                (ledger.ACCOUNT, ledger.fingerprint(ledger.ACCOUNT, ana.pk), NOW),
                (ledger.CLIENT, ledger.fingerprint(ledger.CLIENT, samir.pk), NOW),
                (ledger.CONSENT, ledger.fingerprint(ledger.CONSENT, pledge.pk), NOW),
            ]
        )
        assert "ana" not in ledger.path().read_text() and str(ana.pk) not in ledger.path().read_text()

        first, second = ledger.replay(NOW), ledger.replay(NOW)

        assert (first.accounts, first.clients, first.consents) == (1, 1, 1)
        assert (second.accounts, second.clients, second.consents) == (0, 0, 0)
        left = whole_database()
        assert "ana@ana.example" not in left and "SCH-7" not in left
        assert Pilot.objects.get(pk=cast.ben.pk).status == PilotStatus.PAUSED

    def test_each_erasure_writes_a_line_once_it_holds(self, cast, django_capture_on_commit_callbacks) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            erase_pilot_account(pilot_id=cast.ana.pk, by=cast.kaya, now=NOW)
            erase_client(help_seeker_id=cast.samir.pk, by=cast.kaya, now=NOW)
        kinds = [kind for kind, _print, _at in ledger.entries()]
        assert sorted(kinds) == ["account", "client"]
        assert ledger.path().stat().st_mode & 0o077 == 0

    def test_what_a_crash_left_out_is_taken_over_from_the_journal(self, cast) -> None:
        erase_client(help_seeker_id=cast.samir.pk, by=cast.kaya, now=NOW)  # its line waits for a commit
        assert (ledger.catch_up(), ledger.catch_up()) == (1, 0)
        assert [kind for kind, _print, _at in ledger.entries()] == ["client"]

    def test_and_what_was_taken_back_from_the_consents(self, cast) -> None:
        withdraw_consent(kind="confidentiality", by=cast.ana.user, now=NOW)
        pledge = Consent.objects.get(user=cast.ana.user, kind="confidentiality")
        assert (ledger.catch_up(), ledger.catch_up()) == (1, 0)
        assert list(ledger.entries()) == [
            (ledger.CONSENT, ledger.fingerprint(ledger.CONSENT, pledge.pk), NOW)
        ]

    def test_half_a_line_of_a_full_disk_spoils_no_other(self, cast) -> None:
        """Neither the next line nor the next backup, which catches up first."""
        erase_client(help_seeker_id=cast.samir.pk, by=cast.kaya, now=NOW)
        assert ledger.catch_up() == 1
        whole = ledger.path().read_text()
        ledger.path().write_text(whole + whole[:40])
        ledger._append([(ledger.ACCOUNT, "0" * 64, NOW)])
        assert [kind for kind, _print, _at in ledger.entries()] == ["client", "account"]

        ledger.path().write_text(whole[:40])
        assert ledger.catch_up() == 1
        assert ledger.path().read_text() == whole

    def test_a_damaged_file_stops_a_restore(self, db) -> None:
        ledger.path().parent.mkdir(parents=True)
        ledger.path().write_text('{"at": "x"}\n')
        with pytest.raises(ValueError, match="line 1"):
            ledger.replay(NOW)

    def test_a_file_that_cannot_be_written_stops_no_erasure(
        self, cast, settings, caplog, django_capture_on_commit_callbacks
    ) -> None:
        settings.ERASURE_LEDGER_FILE = "/proc/nowhere/erasures.jsonl"
        with django_capture_on_commit_callbacks(execute=True):
            erase_client(help_seeker_id=cast.samir.pk, by=cast.kaya, now=NOW)
        assert "erasure ledger not written" in caplog.text
