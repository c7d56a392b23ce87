"""Does every address answer every reader as the table of access says?"""

from backend.privacy.access.matrix import operations
from tests.access.walking import Walk

CHECKS_AT_LEAST = 4_500  # of some 6,000; bin/bench access does all of them, with more ids


def test_everybody_hears_what_the_table_says(walked: Walk) -> None:
    assert walked.deviations == []
    assert walked.checks >= CHECKS_AT_LEAST


# What a rule of the domain says no to in this town, after it was asked whether the reader may at all.
RULES_SAY_NO = {
    "POST einsaetze/<uuid:assignment_id>/bericht/": "the appointment has not begun",
    "POST api/v1/assignments/<uuid:id>/report": "the same",
    "POST api/v1/pilots/<uuid:id>/activate": "she is active",
    "POST api/v1/pilots/<uuid:id>/resume": "she does not pause",
    "POST api/v1/help-requests/<uuid:id>/waves": "they are running",
    "POST meine-daten/sms/": "no gateway for SMS is set",
    "POST meine-daten/sms/code/": "the same",
    **{
        f"POST leitstelle/{whom}/daten/{what}/": "the form wants to know why"
        for whom in ("lotsen/<uuid:pilot_id>", "klienten/<uuid:help_seeker_id>")
        for what in ("loeschen", "widerruf/<slug:kind>")
    },
}


def test_what_may_be_done_was_done(walked: Walk) -> None:
    """Else a refusal would only show that nobody can do it."""
    names = {
        f"{operation.method} {operation.path}"
        for operation in operations()
        if operation.may and operation.sees and not operation.by_others
    }
    never = {name for name in names if not {200, 201, 202, 204, 302} & walked.done[name]}

    assert never == set(RULES_SAY_NO)
