"""Is each field told to those whom the table names, and to nobody else, wherever one may look?"""

import re

from backend.privacy.access.fields import BY_LINK, FIELDS, Field
from backend.privacy.access.readers import ASKING, Reader
from tests.access.asking import Asking
from tests.access.walking import Walk

R = Reader
# Which marked values are which field: pattern -> (field, whom it tells of or who asked).
MARKS: tuple[tuple[str, str, Reader | None], ...] = (
    (r"open_street_of_place", "place_before", R.REQUESTER),
    (r"alone_street_of_place", "place_before", R.HELP_SEEKER),
    (r"done_street_of_place", "place_after", R.REQUESTER),
    (r"met_street_of_place", "place_after", R.HELP_SEEKER),
    (r"open_(meeting_point|contact|note)", "details_before", R.REQUESTER),
    (r"alone_(meeting_point|contact|note)", "details_before", R.HELP_SEEKER),
    (r"done_(meeting_point|contact|note)", "details_after", R.REQUESTER),
    (r"met_(meeting_point|contact|note)", "details_after", R.HELP_SEEKER),
    (r"case_key", "case_key", R.REQUESTER),
    (r"organisation_name", "organisation", R.REQUESTER),
    (r"override_note", "override_note", None),
    (r"confirmed_(name|phone)", "confirmed_pilot", R.CONFIRMED),
    (r"idle_(name|phone)", "other_pilots", R.PILOT),
    (r"asked_(name|phone)", "other_pilots", R.ASKED),
    (r"willing_(name|phone)", "other_pilots", None),
    (r"confirmed_street", "lent_street", R.CONFIRMED),
    (r"idle_street", "street", R.PILOT),
    (r"asked_street", "street", R.ASKED),
    (r"willing_street", "street", None),
    (r"confirmed_email", "email", R.CONFIRMED),
    (r"idle_email", "email", R.PILOT),
    (r"asked_email", "email", R.ASKED),
    (r"willing_email", "email", None),
    (r"help_seeker_(name|phone|street)", "seeker", None),
    (r"help_seeker_email", "seeker_email", None),
    (r"requester_email", "requester_email", None),
    (r"invited_email", "invited_email", None),
    (r"invited_staff", "invited_staff", None),
    (r"barrier_(text|email)", "barrier", None),
    (r"staff_email", "staff_email", None),
    *((rf"token_of_{reader}", "token", reader) for reader in R),
    *((rf"device_of_{reader}", "device", reader) for reader in R),
    *((rf"session_of_{reader}", "session", reader) for reader in R),
    *((rf"elsewhere_of_{reader}", "elsewhere", reader) for reader in R),
    *((rf"draft_of_{reader}", "draft", reader) for reader in R),
)
BY_KEY = {field.key: field for field in FIELDS}


def field_of(mark: str) -> tuple[Field, Reader | None]:
    """Which field a marked value is, and whose."""
    found = [(BY_KEY[key], whose) for pattern, key, whose in MARKS if re.fullmatch(pattern, mark)]
    assert len(found) == 1, mark
    return found[0]


def readers_of(mark: str, *, own: bool) -> frozenset[Reader]:
    """Who sees a marked value of the own case, or of the one beside it."""
    field, whose = field_of(mark)
    if not own:
        return field.beside
    seen_by = field.seen_by
    if whose in ASKING:
        seen_by -= ASKING - {whose}
    return seen_by | {whose} if field.herself and whose else seen_by


def deviations(walked: Walk, asking: Asking) -> list[str]:
    """Where what was told is not what the table says."""
    town, found = asking.town, []
    for reader in Reader:
        seen = walked.seen.get(reader, {})
        for case in (town.own, town.beside, town.foreign):
            for mark in case.marks.values:
                places = seen.get(case.tag, {}).get(mark, set())
                expected = case is not town.foreign and reader in readers_of(mark, own=case is town.own)
                if bool(places) != expected:
                    told = f"told at {', '.join(sorted(places)[:3])}" if places else "told nowhere"
                    found.append(f"{reader}: {mark} of {case.tag} {told}")
    return found


def test_each_field_is_told_to_those_it_is_for(walked: Walk, asking: Asking) -> None:
    assert deviations(walked, asking) == []


def test_every_marked_value_is_a_field_of_the_table(asking: Asking) -> None:
    marks = {mark for case in (asking.town.own, asking.town.foreign) for mark in case.marks.values}

    assert {field_of(mark)[0].key for mark in marks} == set(BY_KEY)


def test_links_tell_what_the_table_says(walked: Walk) -> None:
    told = {
        path: {_by_link(mark) for marks in cases.values() for mark in marks}
        for path, cases in walked.by_link.items()
    }

    assert told == {path: set(fields) for path, fields in BY_LINK.items()}
    assert {case for cases in walked.by_link.values() for case, marks in cases.items() if marks} == {"own"}


def _by_link(mark: str) -> str:
    """The card names the pilot by her given name, and nothing else of her."""
    return "given_name" if mark == "confirmed_name" else field_of(mark)[0].key
