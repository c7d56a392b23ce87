"""Every code of the core and of dispatch has words, in both languages, and the words carry the facts."""

import pytest
from django.utils import translation

from backend.dispatch.codes import CancellationReason, RetractionReason, UnfilledReason, WithdrawalReason
from backend.dispatch.matchmaking import rank_pilots, why_not
from backend.dispatch.states import HelpRequestStatus
from backend.ending_texts import CANCELLATIONS, RETRACTIONS, UNFILLED, WITHDRAWALS
from backend.journal.kinds import EventKind
from backend.language_names import language_choices, language_name
from backend.reason_texts import (
    LEFT_OUT,
    REFUSALS,
    STEP_LABELS,
    TERM_LABELS,
    TERM_REASONS,
    kilometres,
    refusal_reason,
    term_reason,
)
from backend.relay_texts import LAST_RESORT, chain_reason
from backend.web.status_texts import DISTANCE_BANDS, EVENTS, STATES
from geo.distances import distance_band
from matching.constraints import CONSTRAINTS
from matching.languages import LANGUAGES
from matching.ranking import CONSIDERED
from matching.terms import TERMS
from tests import factories as make
from tests.factories import NOW, at

CONSTRAINT_CODES = {constraint.code for constraint in CONSTRAINTS}
TERM_CODES = {term.code for term in TERMS}


def test_every_constraint_and_term_has_its_words():
    assert set(REFUSALS) == CONSTRAINT_CODES | {"not_active"}
    assert set(STEP_LABELS) == CONSTRAINT_CODES | {CONSIDERED}
    assert set(LEFT_OUT) == CONSTRAINT_CODES | {CONSIDERED}
    assert set(TERM_LABELS) == TERM_CODES
    assert set(TERM_REASONS) == TERM_CODES


def test_every_end_has_its_words():
    assert set(RETRACTIONS) == set(RetractionReason)
    assert set(CANCELLATIONS) == set(CancellationReason)
    assert set(UNFILLED) == set(UnfilledReason)
    assert set(WITHDRAWALS) == set(WithdrawalReason)
    # Open requests and unfilled ones are told with their counts and reasons.
    assert set(STATES) == set(HelpRequestStatus) - {"OPEN", "UNFILLED"}


def test_every_distance_band_has_its_words():
    assert {distance_band(km) for km in (0, 3, 7, 15, 40)} == set(DISTANCE_BANDS)


def test_every_event_of_a_request_has_its_words():
    about_requests = {
        kind
        for kind in EventKind
        if kind.startswith(
            (
                "HELP_REQUEST",
                "OFFER_",
                "RESERVE",
                "ASSIGNMENT",
                "ACTIVITY",
                "PILOTS_SUGGESTED",
                "REPORTS",
                "WAVE",
            )
        )
    }
    assert set(EVENTS) == about_requests


FACTS = {
    "language": {"language": "kmr", "required_level": 4, "level": 2, "via": None, "asked": ["kmr", "ar"]},
    "german": {"required_level": 3, "level": 2},
    "reach": {"distance_km": 19.8, "reach_km": 15.0, "remote": False},
    "topic": {"topic": "health"},
    "gender": {"wanted": "f", "gender": ""},
    "background_check": {
        "valid_until_minute": None,
        "needed_until_minute": 1,
        "slots": 1,
        "slots_refused": 1,
    },
    "veto": {},
    "availability": {"slots": 3, "slots_refused": 2},
    "double_booking": {"half_buffer_minutes": 15, "slots": 1, "slots_refused": 1},
    "capacity": {
        "committed_hours": 9.5,
        "session_hours": 1.5,
        "monthly_hours": 10.0,
        "slots": 1,
        "slots_refused": 1,
    },
    "heavy_topics": {
        "topic": "conflict",
        "sessions": 2,
        "heavy_per_month": 2.0,
        "slots": 1,
        "slots_refused": 1,
    },
    "not_active": {"status": "PAUSED"},
}
TERM_FACTS = {
    "language_fit": {
        "language": "prs",
        "required_level": 3,
        "level": 4,
        "speaks": 4,
        "understands": 5,
        "via": "fa",
    },
    "proximity": {"distance_km": 3.4, "remote": False},
    "load_spread": {"recent_sessions": 2, "committed_hours": 3.0, "monthly_hours": 10.0},
    "topic_experience": {"topic": "school", "sessions": 3, "wished": True},
    "continuity": {"sessions": 2, "cap": 5},
}
CHAIN_FACTS = {
    "language": "ti",
    "level": 6,
    "via": None,
    "bridge": "en",
    "first_level": 5,
    "second_level": 6,
    "first_german": 2,
    "second_german": 5,
}


def every_word(language: str) -> dict[str, str]:
    """All that is said of exclusions, contributions and steps, by what it is said of."""
    with translation.override(language):
        return {
            **{f"refusal {code}": refusal_reason(code, FACTS[code]) for code in REFUSALS},
            **{f"contribution {code}": term_reason(code, TERM_FACTS[code]) for code in TERM_REASONS},
            **{f"term {code}": str(label) for code, label in TERM_LABELS.items()},
            **{f"step {code}": str(label) for code, label in STEP_LABELS.items()},
            **{f"left out {code}": str(label) for code, label in LEFT_OUT.items()},
            "last resort": str(LAST_RESORT),
            "chain": chain_reason(CHAIN_FACTS),
        }


def test_every_exclusion_and_every_contribution_is_told_in_german_and_in_english():
    german, english = every_word("de"), every_word("en")
    assert len(german) == 2 * len(TERM_CODES) + 3 * (len(CONSTRAINT_CODES) + 1) + 2
    assert german.keys() == english.keys()
    # A text that the catalogue lacks comes out in English.
    assert [what for what, text in german.items() if text == english[what]] == []
    assert all(text and "%(" not in text for text in (*german.values(), *english.values()))


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("code", sorted(TERM_FACTS))
def test_contributions_are_sentences(code, language):
    with translation.override(language):
        assert term_reason(code, TERM_FACTS[code]).endswith(".")


def test_both_directions_are_told_where_they_differ():
    alike = {**TERM_FACTS["language_fit"], "understands": 4}
    earlier = {name: alike[name] for name in ("language", "required_level", "level", "via")}
    with translation.override("de"):
        assert term_reason("language_fit", TERM_FACTS["language_fit"]) == (
            "Versteht Dari etwa auf Niveau B2 über Persisch (Farsi); gewünscht: B1. "
            "Sprechen B2, Verstehen C1; das Schwächere zählt."
        )
        assert "Sprechen" not in term_reason("language_fit", alike)
        assert term_reason("language_fit", earlier) == term_reason("language_fit", alike)
        refused = {**FACTS["language"], "speaks": 2, "understands": 6}
        assert "Sprechen A2, Verstehen C2" in refusal_reason("language", refused)


def test_who_takes_no_heavy_topic_is_told_so():
    with translation.override("de"):
        told = [
            refusal_reason("heavy_topics", {**FACTS["heavy_topics"], "heavy_per_month": n})
            for n in (0.0, 2.0)
        ]
    assert told == [
        "„Konflikte“ ist ein schweres Thema; diese Person übernimmt keine.",
        "„Konflikte“ ist ein schweres Thema; diese Person übernimmt 2 im Monat und hat schon 2.",
    ]


@pytest.mark.parametrize("code", sorted(REFUSALS))
@pytest.mark.parametrize("language", ["de", "en"])
def test_refusals_are_sentences(code, language):
    with translation.override(language):
        text = refusal_reason(code, FACTS[code])
    assert text.endswith(".")
    assert "%(" not in text


def test_facts_are_said_in_the_reader_s_way():
    with translation.override("de"):
        assert kilometres(19.8) == "19,8 km Luftlinie"
        assert kilometres(0.0) == "weniger als 1 km Luftlinie"
        assert kilometres(None) == "Entfernung unbekannt"
        assert refusal_reason("reach", FACTS["reach"]) == (
            "Der Treffpunkt ist 19,8 km Luftlinie entfernt; diese Person kommt bis 15 km."
        )
        assert "11 Stunden" in refusal_reason("capacity", FACTS["capacity"])
        assert "Gesundheit" in refusal_reason("topic", FACTS["topic"])
    with translation.override("en"):
        assert kilometres(19.8) == "19.8 km as the crow flies"
        assert refusal_reason("availability", FACTS["availability"]) == "Has no time on 2 of 3 dates."


@pytest.mark.parametrize(
    ("slots", "refused", "german"),
    [
        (1, 1, "Hat zum gewünschten Termin keine Zeit."),
        (2, 2, "Hat an keinem der gewünschten Termine Zeit (2)."),
        (3, 1, "Hat an 1 von 3 Terminen keine Zeit."),
    ],
)
def test_dates_are_counted(slots, refused, german):
    with translation.override("de"):
        assert refusal_reason("availability", {"slots": slots, "slots_refused": refused}) == german


def test_the_last_valid_day_is_named():
    midnight = int(at(16, 0).timestamp() // 60)  # the check held until the end of the 15th
    facts = {
        "valid_until_minute": midnight,
        "needed_until_minute": midnight + 600,
        "slots": 1,
        "slots_refused": 1,
    }
    with translation.override("de"):
        assert "Sonntag, 15. November 2026" in refusal_reason("background_check", facts)


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_the_core_really_says_can_be_told(cast, language):
    request = make.a_help_request(cast.samir, cast.rita, required_level=6, minors=True, gender_wish="m")
    slots = list(request.slots.all())
    eva = make.a_pilot(
        "eva", cast.kaya, skills={"tr": 2}, postcode="49324", reach_km=1, german_level=1, gender="f",
        week=[], checked=None, topics_refused=["school"], monthly_hours=1,
    )  # fmt: skip
    with translation.override(language):
        reasons = why_not(request, slots, eva, now=NOW)
        assert {"language", "german", "reach", "topic", "gender", "background_check", "availability"} <= {
            reason["code"] for reason in reasons
        }
        told = [refusal_reason(reason["code"], reason["facts"]) for reason in reasons]
        easy = make.a_help_request(cast.samir, cast.rita, slots=[(at(11, 10), at(11, 11))])
        assert cast.ana.status == "ACTIVE"
        _pool, ranking = rank_pilots(easy, list(easy.slots.all()), limit=5, now=NOW)
        told += [term_reason(part.code, part.facts) for part in ranking.candidates[0].contributions]
    assert len(told) == len(reasons) + len(TERM_CODES)
    assert all(text.endswith(".") and "%(" not in text for text in told)


def test_every_language_has_a_german_name():
    with translation.override("de"):
        names = {known.code: language_name(known.code) for known in LANGUAGES}
    english = {known.code: known.name_en for known in LANGUAGES}
    assert len(set(names.values())) == len(names)
    assert (names["kmr"], names["ckb"], names["prs"]) == (
        "Kurmandschi (Kurdisch)",
        "Sorani (Kurdisch)",
        "Dari",
    )
    same = [code for code, name in names.items() if "(" in english[code] and name == english[code]]
    assert same == ["bin"]


def test_languages_to_choose_from_are_in_order_and_carry_their_own_name():
    with translation.override("de"):
        choices = language_choices()
    assert [code for code, _name in choices][:1] == ["aa"]
    assert dict(choices)["uk"] == "Ukrainisch · Українська"
    assert dict(choices)["de"] == "Deutsch"
    names = [name.casefold() for _code, name in choices]
    assert names == sorted(names, key=lambda name: name.split(" · ")[0])
