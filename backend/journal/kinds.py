"""What can happen, and which facts each kind of event may carry: ids and codes, never names or free text."""

from django.db import models


class EventKind(models.TextChoices):
    OFFICE_OPENED = "OFFICE_OPENED"
    OFFICE_CHANGED = "OFFICE_CHANGED"
    OFFICE_LANGUAGE_REVIEWED = "OFFICE_LANGUAGE_REVIEWED"
    MESSAGE_TEXT_CHANGED = "MESSAGE_TEXT_CHANGED"
    BARRIER_REPORTED = "BARRIER_REPORTED"
    BARRIER_ANSWERED = "BARRIER_ANSWERED"
    ORGANISATION_REGISTERED = "ORGANISATION_REGISTERED"
    ORGANISATION_APPROVED = "ORGANISATION_APPROVED"
    REGISTERED_AGAIN = "REGISTERED_AGAIN"
    USER_INVITED = "USER_INVITED"
    SMS_NUMBER_NAMED = "SMS_NUMBER_NAMED"
    SMS_NUMBER_PROVEN = "SMS_NUMBER_PROVEN"
    SMS_ENDED = "SMS_ENDED"
    SMS_REPLY_TAKEN = "SMS_REPLY_TAKEN"
    INVITATION_RESENT = "INVITATION_RESENT"
    INVITATION_REVOKED = "INVITATION_REVOKED"
    INVITATION_ACCEPTED = "INVITATION_ACCEPTED"
    USER_DEACTIVATED = "USER_DEACTIVATED"
    ACCOUNT_ERASED = "ACCOUNT_ERASED"
    HELP_SEEKER_ERASED = "HELP_SEEKER_ERASED"
    DATA_HANDED_OUT = "DATA_HANDED_OUT"
    CONSENT_GIVEN = "CONSENT_GIVEN"
    CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN"
    PILOT_SILENCE_NOTICED = "PILOT_SILENCE_NOTICED"
    MEMBER_REMOVED = "MEMBER_REMOVED"
    ROLE_CHANGED = "ROLE_CHANGED"
    API_TOKEN_ISSUED = "API_TOKEN_ISSUED"  # noqa: S105 - an event, not a token
    API_TOKEN_REVOKED = "API_TOKEN_REVOKED"  # noqa: S105
    SIGNED_IN_ON_NEW_DEVICE = "SIGNED_IN_ON_NEW_DEVICE"
    SIGN_IN_GUESSED = "SIGN_IN_GUESSED"
    EMERGENCY_CODE_USED = "EMERGENCY_CODE_USED"
    WAY_IN_ADDED = "WAY_IN_ADDED"
    WAY_IN_REMOVED = "WAY_IN_REMOVED"
    SECOND_FACTOR_RESET = "SECOND_FACTOR_RESET"
    SESSIONS_ENDED = "SESSIONS_ENDED"
    EMAIL_CHANGED = "EMAIL_CHANGED"
    PILOT_REGISTERED = "PILOT_REGISTERED"
    APPLICATION_COMPLETED = "APPLICATION_COMPLETED"
    PILOT_PROFILE_CHANGED = "PILOT_PROFILE_CHANGED"
    PILOT_STATUS_CHANGED = "PILOT_STATUS_CHANGED"
    BACKGROUND_CHECK_RECORDED = "BACKGROUND_CHECK_RECORDED"
    QUALIFICATION_RECORDED = "QUALIFICATION_RECORDED"
    HELP_SEEKER_REGISTERED = "HELP_SEEKER_REGISTERED"
    HELP_REQUEST_FILED = "HELP_REQUEST_FILED"
    HELP_REQUEST_CHANGED = "HELP_REQUEST_CHANGED"
    HELP_REQUEST_HANDED_OFF = "HELP_REQUEST_HANDED_OFF"
    HELP_REQUEST_WITHDRAWN = "HELP_REQUEST_WITHDRAWN"
    HELP_REQUEST_UNFILLED = "HELP_REQUEST_UNFILLED"
    HELP_REQUEST_PARTLY_FILLED = "HELP_REQUEST_PARTLY_FILLED"
    HELP_REQUEST_REOPENED = "HELP_REQUEST_REOPENED"
    HELP_REQUEST_FULFILLED = "HELP_REQUEST_FULFILLED"
    PILOTS_SUGGESTED = "PILOTS_SUGGESTED"
    PLAN_MADE = "PLAN_MADE"
    PLAN_APPLIED = "PLAN_APPLIED"
    WAVES_STARTED = "WAVES_STARTED"
    WAVE_SENT = "WAVE_SENT"
    WAVES_STOPPED = "WAVES_STOPPED"
    ACCEPTANCE_MODEL_TRAINED = "ACCEPTANCE_MODEL_TRAINED"
    OFFER_MADE = "OFFER_MADE"
    OFFER_ACCEPTED = "OFFER_ACCEPTED"
    OFFER_DECLINED = "OFFER_DECLINED"
    OFFER_EXPIRED = "OFFER_EXPIRED"
    OFFER_RETRACTED = "OFFER_RETRACTED"
    OFFER_RESERVED = "OFFER_RESERVED"
    RESERVE_ASKED = "RESERVE_ASKED"
    ASSIGNMENT_CONFIRMED = "ASSIGNMENT_CONFIRMED"
    ASSIGNMENT_CANCELLED = "ASSIGNMENT_CANCELLED"
    ASSIGNMENT_COMPLETED = "ASSIGNMENT_COMPLETED"
    ASSIGNMENT_MISSED = "ASSIGNMENT_MISSED"
    ACTIVITY_REPORTED = "ACTIVITY_REPORTED"
    REPORTS_SETTLED = "REPORTS_SETTLED"


FACTS: dict[str, frozenset[str]] = {
    EventKind.OFFICE_CHANGED: frozenset({"fields"}),
    EventKind.OFFICE_LANGUAGE_REVIEWED: frozenset({"language", "on"}),
    EventKind.MESSAGE_TEXT_CHANGED: frozenset({"template", "language"}),
    EventKind.CONSENT_GIVEN: frozenset({"kind"}),
    EventKind.CONSENT_WITHDRAWN: frozenset({"kind"}),
    EventKind.MEMBER_REMOVED: frozenset({"role"}),
    EventKind.ROLE_CHANGED: frozenset({"role"}),
    EventKind.SMS_REPLY_TAKEN: frozenset({"outcome", "offer_id"}),
    EventKind.USER_INVITED: frozenset({"role", "organisation_id", "invitation_id"}),
    EventKind.INVITATION_RESENT: frozenset({"role", "organisation_id", "invitation_id"}),
    EventKind.INVITATION_REVOKED: frozenset({"role", "organisation_id", "invitation_id"}),
    EventKind.INVITATION_ACCEPTED: frozenset({"role", "organisation_id", "invitation_id"}),
    EventKind.WAY_IN_ADDED: frozenset({"way"}),
    EventKind.WAY_IN_REMOVED: frozenset({"way"}),
    EventKind.SESSIONS_ENDED: frozenset({"number"}),
    EventKind.PILOT_REGISTERED: frozenset({"complete"}),
    EventKind.PILOT_PROFILE_CHANGED: frozenset({"parts"}),
    EventKind.PILOT_STATUS_CHANGED: frozenset({"status"}),
    EventKind.QUALIFICATION_RECORDED: frozenset({"kind"}),
    EventKind.HELP_REQUEST_CHANGED: frozenset({"parts"}),
    EventKind.HELP_REQUEST_HANDED_OFF: frozenset({"matter"}),
    EventKind.HELP_REQUEST_WITHDRAWN: frozenset({"reason"}),
    EventKind.HELP_REQUEST_UNFILLED: frozenset({"reason"}),
    EventKind.HELP_REQUEST_REOPENED: frozenset({"reason"}),
    EventKind.PILOTS_SUGGESTED: frozenset({"eligible", "considered"}),
    EventKind.PLAN_MADE: frozenset({"proposals", "left_open", "gap"}),
    EventKind.PLAN_APPLIED: frozenset({"offers", "skipped"}),
    EventKind.WAVES_STARTED: frozenset({"target_percent"}),
    EventKind.WAVE_SENT: frozenset({"number", "asked", "chance_percent", "series_id"}),
    EventKind.WAVES_STOPPED: frozenset({"reason"}),
    EventKind.ACCEPTANCE_MODEL_TRAINED: frozenset({"number", "answers", "status"}),
    EventKind.OFFER_MADE: frozenset({"rank", "overridden"}),
    EventKind.OFFER_ACCEPTED: frozenset({"slot_id", "late"}),
    EventKind.OFFER_RETRACTED: frozenset({"reason"}),
    EventKind.ASSIGNMENT_CONFIRMED: frozenset({"slot_id", "seat", "offer_id"}),
    EventKind.ASSIGNMENT_CANCELLED: frozenset({"reason", "by_role"}),
    EventKind.ACTIVITY_REPORTED: frozenset({"done", "minutes"}),
    EventKind.REPORTS_SETTLED: frozenset({"done", "minutes", "by_pilot"}),
}
