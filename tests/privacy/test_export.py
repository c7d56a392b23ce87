"""Does somebody get to see everything that is held of her, and nothing of anybody else?"""

import json

from backend.accounts.models import User
from backend.dispatch.models import RequestDraft
from backend.people.queries import reveal
from backend.privacy.export import NEVER_TOLD, export_of
from backend.privacy.holdings import LEFT_OUT, Person, holdings_of
from backend.privacy.own_models import own_models
from backend.privacy.register import entry_of
from notifications.commands import renew_calendar_feed
from tests import factories as make
from tests.factories import NOW, at

# Personal fields of these are about nobody who could ask: the office's own reckoning over many.
# A salt of the commission record is a random number: it tells nothing, and makes a digest comparable.
ABOUT_NOBODY_ALONE = {"PlanRun", "CommissionSalt"}


def held(user: User) -> dict[str, list[dict]]:
    return {part["model"]: part["rows"] for part in export_of(user, at=NOW)["holdings"]}


def test_every_model_with_personal_fields_leads_to_a_person(cast) -> None:
    """A new table about people is in the export by its keys; one that leads to nobody has to say why here."""
    reached = {holding.model.__name__ for holding in holdings_of(Person(user=cast.kaya))}
    personal = {model.__name__ for model in own_models() if entry_of(model).personal}

    assert personal - reached == ABOUT_NOBODY_ALONE == set(LEFT_OUT) - {"AccessLog"}


def test_a_pilot_sees_all_of_herself(cast) -> None:
    request = make.a_help_request(cast.samir, cast.rita)
    make.an_assignment(request, cast.ana, cast.kaya)
    found = held(cast.ana.user)

    assert found["Identity"] == [{**found["Identity"][0], "name": "Ana", "phone": "+4954112345"}]
    assert {row["language"] for row in found["LanguageSkill"]} == {"kmr", "tr"}
    assert len(found["Availability"]) == 7
    assert found["Qualification"][0]["hours"] == 50
    assert found["BackgroundCheck"][0]["stands_in_the_way"] is False
    assert [row["postcode"] for row in found["Place"]] == ["49074"]
    assert len(found["Assignment"]) == len(found["Offer"]) == 1
    assert found["Offer"][0]["features"]
    assert {row["kind"] for row in found["Consent"]} == {"data_protection", "confidentiality"}
    assert found["User"][0]["email"] == "ana@ana.example"


def test_each_field_that_is_called_personal_is_told(cast) -> None:
    make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    told = held(cast.ana.user)

    for model in own_models():
        for row in told.get(model.__name__, []):
            assert set(entry_of(model).personal) - NEVER_TOLD <= set(row)


def test_nothing_of_others_is_told(cast, nadia) -> None:
    request = make.a_help_request(nadia, nadia.user)
    make.offers_to(request, [cast.ana, cast.ben], cast.kaya)
    everything = json.dumps(export_of(nadia.user, at=NOW))

    assert "Nadia Marke" in everything
    assert str(cast.ben.pk) not in everything
    assert str(cast.ana.pk) not in everything
    assert "ana@" not in everything
    of_ben = json.dumps(export_of(cast.ben.user, at=NOW))
    assert "Marke" not in of_ben
    assert "Haupteingang" not in of_ben
    assert str(cast.ana.pk) not in of_ben


def test_a_help_seeker_sees_her_requests_and_what_is_sealed(cast, nadia) -> None:
    make.a_help_request(nadia, nadia.user)
    found = held(nadia.user)

    assert found["HelpSeeker"][0]["languages"] == ["kmr"]
    assert found["HelpRequest"][0]["topic"] == "school"
    assert found["ConfidentialDetails"][0]["meeting_point"] == "Haupteingang"
    assert {row["postcode"] for row in found["Place"]} == {"49074", "49084"}


def test_whom_a_pilot_avoids_is_not_told_to_that_person(cast, nadia) -> None:
    cast.ana.vetoes.create(help_seeker=nadia)

    assert "Veto" not in held(nadia.user)
    assert held(cast.ana.user)["Veto"]


def test_staff_see_what_they_are_and_how_often_they_acted(cast) -> None:
    make.an_assignment(make.a_help_request(cast.samir, cast.rita), cast.ana, cast.kaya)
    exported = export_of(cast.kaya, at=NOW)

    assert [row["role"] for row in held(cast.kaya)["Membership"]] == ["coordinator"]
    assert {"model": "Assignment", "as": "confirmed_by", "rows": 1} in exported["acted"]


def test_what_somebody_has_begun_to_write_is_hers(cast) -> None:
    draft = RequestDraft(owner=cast.rita, created_at=NOW, changed_at=NOW)
    draft.keep({"note": "noch nicht fertig"}, at=NOW)
    draft.save()

    assert "noch nicht fertig" in held(cast.rita)["RequestDraft"][0]["sealed"]
    assert "RequestDraft" not in held(cast.kaya)


def test_what_others_have_begun_to_write_about_her_is_theirs(cast, nadia) -> None:
    request = make.a_help_request(nadia, nadia.user)
    for link in ({"changes": request}, {"filed": request}):
        draft = RequestDraft(owner=cast.kaya, created_at=NOW, changed_at=NOW, **link)
        draft.keep({"note": "Entwurf von Kaya"}, at=NOW)
        draft.save()

    assert "RequestDraft" not in held(nadia.user)
    assert "Entwurf von Kaya" in json.dumps(held(cast.kaya))


def test_who_opened_the_vault_is_told_without_naming_the_colleague(cast) -> None:
    reveal(person=cast.ana, by=cast.kaya, reason="contact", at=at(3, 9))
    exported = export_of(cast.ana.user, at=NOW)

    assert [row["reason"] for row in exported["opened_by_others"]] == ["contact"]
    assert str(cast.kaya.pk) not in json.dumps(exported["opened_by_others"])


def test_keys_are_never_told(cast) -> None:
    secret = renew_calendar_feed(by=cast.ana.user, now=NOW)
    exported = export_of(cast.ana.user, at=NOW)

    assert secret not in json.dumps(exported)
    assert NEVER_TOLD.isdisjoint(name for part in exported["holdings"] for name in part["rows"][0])
