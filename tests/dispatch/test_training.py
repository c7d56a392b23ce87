"""What offers teach, which version serves, and that no training makes things worse."""

import ast
import inspect
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import Office
from backend.dispatch import answers as answers_module
from backend.dispatch import tasks, training
from backend.dispatch.answers import answers, delays
from backend.dispatch.commands.acceptance import train_acceptance
from backend.dispatch.commands.help_requests import withdraw_help_request
from backend.dispatch.commands.offers import (
    accept_offer,
    decline_offer,
    expire_offer,
    make_offers,
    retract_offer,
)
from backend.dispatch.matchmaking import rank_pilots
from backend.dispatch.models import AcceptanceVersion, HelpRequest, Offer
from backend.dispatch.states import AcceptanceStatus, OfferStatus
from backend.errors import NotThere
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from geo.locating import locate
from matching.asking_facts import FEATURES
from tests import factories as make
from tests.answered import answered_offers
from tests.conftest import Cast
from tests.factories import NOW, at
from tests.threads import at_once

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
USUAL = 0.35


@pytest.fixture
def request_of_samir(cast: Cast) -> HelpRequest:
    return make.a_help_request(cast.samir, cast.rita)


@pytest.fixture
def earlier(cast: Cast) -> HelpRequest:
    """Another request, about which people have been asked."""
    return make.a_help_request(cast.samir, cast.rita, topic="work")


def trained(office: Office | None = None, *, now: datetime = NOW) -> AcceptanceVersion | None:
    return train_acceptance(office_id=office.pk if office else None, by=None, now=now)


def chance_of(help_request: HelpRequest) -> training.Chances:
    slots = list(help_request.slots.all())
    pool, _ = rank_pilots(help_request, slots, limit=10, now=NOW)
    return training.chances(pool, help_request, slots, now=NOW)


# What an offer keeps


def test_an_offer_keeps_what_was_known_when_it_was_made(cast, request_of_samir):
    assert cast.ana.pk != cast.ben.pk
    other = make.a_help_request(
        cast.samir, cast.rita, slots=[(at(14, 17), at(14, 19)), (at(17, 8), at(17, 9))]
    )
    (before,) = make.offers_to(request_of_samir, [cast.ana], cast.kaya, now=NOW - 3 * DAY)
    decline_offer(offer_id=before.pk, by=cast.ana.user, now=NOW - 2 * DAY)
    ana, ben = make.offers_to(other, [cast.ana, cast.ben], cast.kaya)

    known = ana.features
    assert tuple(known) == FEATURES
    assert known["messages_7d"] == pytest.approx(np.log1p(1), abs=1e-6)
    assert known["yes_share"] == pytest.approx(4 * USUAL / 5)
    assert known["days_since_asked"] == pytest.approx(np.log1p(3), abs=1e-6)
    assert (known["dates"], known["weekend"], known["late"], known["early"]) == (2, 0.5, 0.5, 0.5)
    assert known["duration"] == 1.5
    assert known["lead_time"] == pytest.approx(np.log1p((at(14, 17) - NOW).total_seconds() / 3600), abs=1e-6)
    assert ben.features["messages_7d"] == 0
    assert ben.features["distance"] > known["distance"]
    assert 0 < ana.chance < ben.chance < 1  # the plain prior: she was asked lately
    assert ana.acceptance_version is None

    decline_offer(offer_id=ana.pk, by=cast.ana.user, now=NOW + HOUR)
    assert Offer.objects.get(pk=ana.pk).features == known


def test_knowing_the_facts_of_many_costs_as_many_queries_as_of_one(cast, request_of_samir):
    slots = list(request_of_samir.slots.all())
    first = [make.a_pilot("cleo", cast.kaya)]
    more = [make.a_pilot(f"pilot{number}", cast.kaya) for number in range(4)]
    counts = []
    for pilots in (first, first + more):
        with CaptureQueriesContext(connection) as captured:
            training.noted(request_of_samir, {pilot.pk: slots for pilot in pilots}, now=NOW)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_no_protected_attribute_is_read_for_the_features():
    """What makes the groups of the report is named in `answers` alone, which reads labels, not facts."""
    forbidden = {"gender", "language", "languages", "german_level", "origin", "birth", "age", "level", "via"}
    for function in (training.features_of, training.chances, training.noted, answers_module.history):
        named = {
            part
            for node in ast.walk(ast.parse(inspect.getsource(function)))
            for part in (
                getattr(node, "attr", None),
                getattr(node, "id", None),
                getattr(node, "value", None) if isinstance(node, ast.Constant) else None,
            )
            if isinstance(part, str)
        }
        assert named & forbidden == set(), function.__name__


# Labels


def test_what_counts_as_yes_and_what_as_no_answer_at_all(cast):
    """One offer per ending; only a yes in time is a yes, and what nobody could answer is no label."""
    pilots = {
        name: make.a_pilot(name, cast.kaya) for name in ("ada", "bea", "cem", "dag", "eva", "fay", "gil")
    }
    request = make.a_help_request(cast.samir, cast.rita)
    offers = dict(zip(pilots, make.offers_to(request, list(pilots.values()), cast.kaya), strict=True))
    slot = request.slots.get()

    def accept(name, now):
        accept_offer(offer_id=offers[name].pk, slot_id=slot.pk, by=pilots[name].user, now=now)

    accept("ada", NOW + HOUR)
    decline_offer(offer_id=offers["bea"].pk, by=pilots["bea"].user, now=NOW + HOUR)
    expire_offer(offer_id=offers["cem"].pk, by=None, now=NOW + 50 * HOUR)
    expire_offer(offer_id=offers["dag"].pk, by=None, now=NOW + 50 * HOUR)
    accept("dag", NOW + 51 * HOUR)  # too late
    retract_offer(offer_id=offers["eva"].pk, by=cast.kaya, now=NOW + HOUR)  # before she could answer
    accept("fay", NOW + HOUR)
    decline_offer(offer_id=offers["fay"].pk, by=pilots["fay"].user, now=NOW + 2 * HOUR)  # and dropped out

    known = answers(None)
    said = {
        name: int(known.y[list(known.pilot).index(str(pilot.pk))])
        for name, pilot in pilots.items()
        if str(pilot.pk) in known.pilot
    }
    assert said == {"ada": 1, "bea": 0, "cem": 0, "dag": 0, "fay": 1}  # gil still thinks
    assert set(known.groups) == {"gender", "language"}
    assert set(known.office) == {str(cast.osnabrueck.pk)}
    assert answers(cast.friesland.pk).y.size == 0


def test_how_long_a_yes_takes_is_learned_along(cast, earlier):
    assert training.delay_curve(cast.osnabrueck).median_hours == delays(None).median_hours == 4
    answered_offers(earlier, [cast.ana, cast.ben], teaches=True)  # who says yes does so after an hour
    trained()
    assert training.delay_curve(cast.osnabrueck).median_hours == delays(None).median_hours < 1.5


def test_a_yes_before_the_request_was_withdrawn_is_a_yes(cast, request_of_samir):
    (offer,) = make.offers_to(request_of_samir, [cast.ana], cast.kaya)
    make.accepted(offer)
    withdraw_help_request(
        help_request_id=request_of_samir.pk, reason="not_needed", by=cast.rita, now=NOW + 2 * HOUR
    )
    assert Offer.objects.get(pk=offer.pk).status == OfferStatus.RETRACTED
    assert answers(None).y.tolist() == [1]


def test_offers_from_before_a_feature_was_known_are_left_out(cast, earlier):
    answered_offers(earlier, [cast.ana], count=3, teaches=True)
    offer = Offer.objects.earliest("made_at")
    Offer.objects.filter(pk=offer.pk).update(features={**offer.features, "distance": 1.0})
    old = dict(offer.features)
    old.pop("distance")
    Offer.objects.filter(pk=offer.pk).update(features=old)
    assert len(answers(None).y) == 2


# Training


def test_too_few_answers_make_no_version(cast, request_of_samir, earlier):
    answered_offers(earlier, [cast.ana], count=60, teaches=True)
    assert trained() is None
    assert AcceptanceVersion.objects.count() == 0
    assert chance_of(request_of_samir).version is None


def test_what_can_be_learned_goes_live_and_replaces_the_one_before(cast, request_of_samir, earlier):
    answered_offers(earlier, [cast.ana, cast.ben], teaches=True)
    first, second = trained(), trained(now=NOW + DAY)

    assert first is not None and second is not None
    first.refresh_from_db()
    assert (first.number, first.status, first.retired_at) == (1, AcceptanceStatus.RETIRED, NOW + DAY)
    assert (second.number, second.status, second.live_at) == (2, AcceptanceStatus.LIVE, NOW + DAY)
    assert (second.answers, second.report["answers"]) == (240, 240)
    found = chance_of(request_of_samir)
    assert found.version == second
    assert ((found.chance > 0) & (found.chance < 1)).all()
    event = Event.objects.filter(kind=EventKind.ACCEPTANCE_MODEL_TRAINED).latest("happened_at")
    assert event.facts == {"number": 2, "answers": 240, "status": "LIVE"}
    assert event.actor_id is None


def test_noise_is_rejected_and_the_prior_serves(cast, request_of_samir, earlier):
    answered_offers(earlier, [cast.ana, cast.ben], teaches=False)
    version = trained()

    assert version is not None
    assert (version.status, version.rejected_at) == (AcceptanceStatus.REJECTED, NOW)
    found = chance_of(request_of_samir)
    assert found.version is None
    # The prior of these answers, half of which were yes, and not the one of no answers at all.
    assert found.chance.max() > 0.4
    (offer,) = make_offers(
        help_request_id=request_of_samir.pk, pilot_ids=[cast.ana.pk], by=cast.kaya, now=NOW
    )
    assert offer.acceptance_version is None


def test_a_rejected_version_leaves_a_good_one_be(cast, request_of_samir, earlier):
    answered_offers(earlier, [cast.ana, cast.ben], teaches=True)
    good = trained(now=NOW - 45 * DAY)
    # Twenty answers of noise since then are no reason to doubt, though they are too many to see through.
    answered_offers(earlier, [cast.ana], count=90, teaches=False, seed=5, first=NOW - 50 * DAY)
    late = trained()
    assert good is not None and late is not None
    assert late.status == AcceptanceStatus.REJECTED
    assert chance_of(request_of_samir).version == good


def test_a_live_version_that_fails_by_now_is_retired(cast, request_of_samir, earlier):
    answered_offers(earlier, [cast.ana, cast.ben], teaches=True)
    good = trained(now=NOW - 45 * DAY)
    answered_offers(earlier, [cast.ana, cast.ben], count=400, teaches=False, seed=5, first=NOW - 40 * DAY)
    late = trained()
    assert good is not None and late is not None
    good.refresh_from_db()
    assert (late.status, good.status) == (AcceptanceStatus.REJECTED, AcceptanceStatus.RETIRED)
    assert chance_of(request_of_samir).version is None


def test_the_switch_of_the_office(cast, request_of_samir, earlier):
    answered_offers(earlier, [cast.ana, cast.ben], teaches=True)
    version = trained()
    assert chance_of(request_of_samir).version == version
    Office.objects.filter(pk=cast.osnabrueck.pk).update(uses_acceptance_model=False)
    request = HelpRequest.objects.select_related("office").get(pk=request_of_samir.pk)
    assert chance_of(request).version is None


def test_the_office_s_own_version_comes_before_that_of_all(cast, earlier):
    answered_offers(earlier, [cast.ana, cast.ben], teaches=True)
    own, common = trained(cast.osnabrueck), trained()
    assert training.live_version(cast.osnabrueck) == own
    assert training.live_version(cast.friesland) == common
    assert (own.number, common.number) == (1, 1)


def test_a_version_of_other_features_does_not_serve(cast, request_of_samir, earlier):
    answered_offers(earlier, [cast.ana, cast.ben], teaches=True)
    version = trained()
    version.parameters["params"]["features"] = ["distance"]
    version.save(update_fields=["parameters"])
    assert training.live_version(cast.osnabrueck) is None
    assert chance_of(request_of_samir).version is None


def test_an_office_that_is_none(db):
    with pytest.raises(NotThere):
        train_acceptance(office_id=uuid4(), by=None, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_trainings_at_once_leave_one_live(cast):
    request = make.a_help_request(cast.samir, cast.rita)
    answered_offers(request, [cast.ana, cast.ben], teaches=True)
    results = at_once(trained, trained)

    assert {version.number for version in results} == {1, 2}
    assert AcceptanceVersion.objects.live().count() == 1
    assert AcceptanceVersion.objects.live().get().number == 2


# The clock


def test_training_is_due_once_a_night_and_only_after_enough_new_answers(cast, request_of_samir, earlier):
    evening = datetime(2026, 11, 2, 20, 0, tzinfo=UTC)
    before, after = datetime(2026, 11, 3, 0, 30, tzinfo=UTC), datetime(2026, 11, 3, 1, 30, tzinfo=UTC)
    assert training.due(now=evening) == []
    answered_offers(earlier, [cast.ana, cast.ben], teaches=True)
    assert training.due(now=evening) == [None]
    trained(now=evening)
    (offer,) = make.offers_to(request_of_samir, [cast.ana], cast.kaya, now=NOW)
    answered_offers(earlier, [cast.ben], count=49, teaches=False, first=evening)
    assert training.due(now=evening + 3 * DAY) == []  # 49 have answered since
    Offer.objects.filter(made_at__gt=evening).update(made_at=evening, declined_at=evening + HOUR)
    decline_offer(offer_id=offer.pk, by=cast.ana.user, now=evening + HOUR)
    assert training.due(now=before) == []  # half past one in the morning in Germany
    assert training.due(now=after) == [None]


def test_many_answers_wait_for_a_tenth_more(cast, earlier):
    answered_offers(earlier, [cast.ana, cast.ben], count=700, teaches=True)
    trained()
    answered_offers(earlier, [cast.ana], count=69, teaches=True, first=NOW)
    assert training.due(now=NOW + 9 * DAY) == []
    answered_offers(earlier, [cast.ana], count=1, teaches=True, first=NOW)
    assert training.due(now=NOW + 9 * DAY) == [None]


def test_a_version_of_other_features_does_not_put_training_off(cast, earlier):
    answered_offers(earlier, [cast.ana, cast.ben], teaches=True)
    version = trained()
    assert training.due(now=NOW + DAY) == []
    version.parameters["params"]["features"] = ["distance"]
    version.save(update_fields=["parameters"])
    assert training.due(now=NOW + DAY) == [None]


@pytest.mark.parametrize(("held_out_yes", "is_due"), [(60, False), (70, True)])
def test_where_nearly_nobody_says_yes_no_answers_are_read(cast, earlier, held_out_yes, is_due):
    """Ten yes before the answers held out can be learned from; sixty among those alone cannot."""
    answered_offers(earlier, [cast.ana, cast.ben], teaches=True)
    slot = earlier.slots.get()
    yes = list(Offer.objects.order_by("-made_at").values_list("pk", flat=True)[:held_out_yes])
    Offer.objects.update(
        status=OfferStatus.DECLINED, accepted_at=None, reserved_at=None, accepted_slot=None, declined_at=NOW
    )
    for offer in Offer.objects.filter(pk__in=yes):
        Offer.objects.filter(pk=offer.pk).update(
            status=OfferStatus.RESERVE,
            declined_at=None,
            accepted_slot=slot,
            accepted_at=offer.made_at + HOUR,
            reserved_at=offer.made_at + HOUR,
        )
    with CaptureQueriesContext(connection) as captured:
        assert training.due(now=NOW + DAY) == ([None] if is_due else [])
    assert not any('SELECT "dispatch_offer"."features"' in query["sql"] for query in captured)
    assert (trained() is not None) is is_due


def test_an_office_with_answers_enough_has_a_model_of_its_own(cast, earlier, monkeypatch):
    monkeypatch.setattr(training, "OWN_FROM", 200)
    answered_offers(earlier, [cast.ana, cast.ben], teaches=True)
    assert training.due(now=NOW) == [None]  # the one of all offices is its own
    seeker = make.a_help_seeker(cast.frauke, home=locate(private=True, postcode="26441"))
    elsewhere = make.a_help_request(seeker, cast.frauke, postcode="26441")
    answered_offers(elsewhere, [cast.ana], count=20, teaches=True)
    assert training.due(now=NOW) == [None, cast.osnabrueck.pk]
    assert trained(cast.osnabrueck).answers == 240
    assert trained().answers == 260


def test_the_clock_trains_what_is_due(cast, earlier):
    answered_offers(earlier, [cast.ana, cast.ben], teaches=True)
    tasks.train_acceptance()
    tasks.train_acceptance()
    assert AcceptanceVersion.objects.live().count() == AcceptanceVersion.objects.count() == 1
