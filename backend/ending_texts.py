"""Which sentence does a code make that says why something has ended: a request, an offer, an assignment, asking?"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from backend.dispatch.codes import (
    CancellationReason,
    RetractionReason,
    UnfilledReason,
    WavesStopped,
    WithdrawalReason,
)

RETRACTIONS: dict[str, Promise] = {
    RetractionReason.REQUEST_WITHDRAWN: gettext_lazy("The appointment is no longer needed."),
    RetractionReason.REQUEST_UNFILLED: gettext_lazy("The request has been closed."),
    RetractionReason.OFFICE_DECISION: gettext_lazy("The office has taken the question back."),
    RetractionReason.SEATS_TAKEN: gettext_lazy("Somebody else was faster and takes it on."),
    RetractionReason.REQUEST_CHANGED: gettext_lazy("The appointment has been changed."),
}
CANCELLATIONS: dict[str, Promise] = {
    CancellationReason.PILOT_ILL: gettext_lazy("The pilot is ill."),
    CancellationReason.PILOT_PREVENTED: gettext_lazy("The pilot cannot come."),
    CancellationReason.APPOINTMENT_CANCELLED: gettext_lazy("The appointment does not take place."),
    CancellationReason.REQUEST_WITHDRAWN: gettext_lazy("The request was withdrawn."),
    CancellationReason.OFFICE_DECISION: gettext_lazy("The office has cancelled the assignment."),
    CancellationReason.REQUEST_CHANGED: gettext_lazy("The appointment has been changed."),
}
UNFILLED: dict[str, Promise] = {
    UnfilledReason.NO_PILOT_FOUND: gettext_lazy("We found nobody who could come."),
    UnfilledReason.TOO_LATE: gettext_lazy("The request came too late for us to find somebody."),
    UnfilledReason.PILOT_DROPPED_OUT: gettext_lazy("The pilot dropped out and no date was left."),
    UnfilledReason.NOT_HELD: gettext_lazy("The appointment did not take place."),
}
WITHDRAWALS: dict[str, Promise] = {
    WithdrawalReason.NOT_NEEDED: gettext_lazy("It is no longer needed."),
    WithdrawalReason.APPOINTMENT_MOVED: gettext_lazy("The appointment was moved."),
    WithdrawalReason.SOLVED_OTHERWISE: gettext_lazy("Help was found elsewhere."),
    WithdrawalReason.MISTAKE: gettext_lazy("It was entered by mistake."),
}
WAVES_STOPPED: dict[str, Promise] = {
    WavesStopped.ENOUGH_ACCEPTED: gettext_lazy("Enough have accepted."),
    WavesStopped.NOBODY_LEFT: gettext_lazy("Nobody is left to ask."),
    WavesStopped.REQUEST_CLOSED: gettext_lazy("The request is no longer open."),
    WavesStopped.BY_OFFICE: gettext_lazy("The office has stopped them."),
}
