"""Who hears of what, over which channel and when: one line per message. Every kind of event is here or in SILENT."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backend.accounts.models import User
from backend.dispatch.codes import WavesStopped
from backend.dispatch.models import Assignment, Offer, WaveSeries
from backend.dispatch.states import LIVELY
from backend.journal.kinds import EventKind as Kind
from backend.journal.models import Event
from backend.people.states import PilotStatus
from notifications import subjects
from notifications.models import Delivery
from notifications.pushing import BY_PUSH, with_push
from notifications.recipients import (
    admins,
    asking_side,
    asking_side_of_office_work,
    confirmed_pilots,
    coordinators,
    help_seeker,
    members,
    owner,
    pilot,
    the_user,
)
from notifications.texting.texts import BY_SMS, CODE, REPLY, with_sms

NOBODY_LEFT = (Kind.OFFER_DECLINED, Kind.OFFER_EXPIRED)


def at_once(event: Event, subject: Any) -> datetime:
    return event.happened_at


def before_it_starts(event: Event, assignment: Assignment) -> datetime | None:
    """The office's lead before the appointment; none when the confirmation itself comes as late as that."""
    due_at = assignment.starts_at - timedelta(hours=assignment.office.reminder_hours)
    return due_at if due_at > event.happened_at else None


def always(event: Event, subject: Any) -> bool:
    return True


def for_the_first_time(event: Event, subject: Any) -> bool:
    """The pilot became active, and not merely back from a pause."""
    if event.facts["status"] != PilotStatus.ACTIVE:
        return False
    changes = Event.objects.filter(subject_id=event.subject_id, kind=event.kind, pk__lt=event.pk)
    return not changes.filter(facts__status=PilotStatus.ACTIVE).exists()


def said_all_at_once(event: Event, subject: Any) -> bool:
    """Whoever registers step by step is announced when the last one is taken."""
    return bool(event.facts.get("complete", True))


def by_herself(event: Event, pilot: Any) -> bool:
    """The office need not be told what it has filled in itself."""
    return bool(event.actor_id == pilot.user_id)


def first_of_the_day(event: Event, subject: Any) -> bool:
    """Nothing of the kind happened to the subject within 24 hours before: strangers cannot fill a mailbox."""
    since = event.happened_at - timedelta(days=1)
    same = Event.objects.filter(subject_id=event.subject_id, kind=event.kind)
    return not same.filter(happened_at__gt=since, pk__lt=event.pk).exists()


def dropped_out(event: Event, subject: Any) -> bool:
    return event.facts["by_role"] == "pilot"


def nobody_left(event: Event, offer: Offer) -> bool:
    """The last of those who were asked has declined or let the time pass, and no wave follows by itself.

    Of several at once the last one speaks.
    """
    later = Event.objects.filter(timeline_id=event.timeline_id, kind__in=NOBODY_LEFT, pk__gt=event.pk)
    help_request = offer.help_request
    return not (
        later.exists()
        or help_request.offers.filter(status__in=LIVELY).exists()
        or help_request.wave_series.running().exists()
    )


def details_changed(event: Event, subject: Any) -> bool:
    """Meeting point, contact or note: nothing that ends an assignment, but the pilot who comes has to know."""
    return "details" in event.facts["parts"]


def ends_nothing(event: Event, subject: Any) -> bool:
    """No assignment was cancelled by it: that message says already that the request was changed."""
    same = Event.objects.filter(timeline_id=event.timeline_id, happened_at=event.happened_at)
    return not same.filter(kind=Kind.ASSIGNMENT_CANCELLED).exists()


def not_settled_afterwards(event: Event, subject: Any) -> bool:
    """It is news; not that the office has settled, long after, which of two reports counts."""
    same = Event.objects.filter(timeline_id=event.timeline_id, happened_at=event.happened_at)
    return not same.filter(kind=Kind.REPORTS_SETTLED).exists()


def ran_out(event: Event, series: WaveSeries) -> bool:
    """The waves have ended because nobody is left to ask."""
    return bool(event.facts["reason"] == WavesStopped.NOBODY_LEFT)


@dataclass(frozen=True)
class Rule:
    """One message: which template, to whom; `due` may say that there is no time for it (None).

    What stands in BY_PUSH or BY_SMS goes to the reader's browsers and phone too, in rows of their own: in any case the
    mail goes.
    """

    template: str
    to: Callable[[Event, Any], Iterable[User]]
    channel: str = "email"
    due: Callable[[Event, Any], datetime | None] = at_once
    when: Callable[[Event, Any], bool] = always

    def deliveries_for(self, event: Event, subject: Any) -> list[Delivery]:
        """The rows this rule calls for, not saved yet."""
        due_at = self.due(event, subject)
        if due_at is None or not self.when(event, subject):
            return []
        users = {user.pk: user for user in self.to(event, subject) if user.is_active}
        pushed = with_push(users) if self.template in BY_PUSH else []
        texted = with_sms(users) if self.template in BY_SMS else []
        return [
            Delivery(
                event=event,
                template=self.template,
                recipient_id=pk,
                channel=channel,
                subject_type=event.subject_type,
                subject_id=event.subject_id,
                office_id=event.office_id,
                due_at=due_at,
            )
            for channel, recipients in ((self.channel, users), ("web_push", pushed), ("sms", texted))
            for pk in recipients
        ]


RULES: Mapping[str, Sequence[Rule]] = {
    Kind.PILOT_REGISTERED: [
        Rule("pilot_welcome", pilot),
        Rule("new_applicant", coordinators, when=said_all_at_once),
    ],
    Kind.APPLICATION_COMPLETED: [Rule("new_applicant", coordinators, when=by_herself)],
    Kind.PILOT_STATUS_CHANGED: [Rule("pilot_activated", pilot, when=for_the_first_time)],
    Kind.PILOT_SILENCE_NOTICED: [Rule("silence_noticed", pilot)],
    Kind.HELP_SEEKER_REGISTERED: [Rule("help_seeker_welcome", help_seeker)],
    Kind.REGISTERED_AGAIN: [Rule("registered_already", the_user, when=first_of_the_day)],
    Kind.SMS_NUMBER_NAMED: [Rule(CODE, owner, channel="sms")],
    Kind.SMS_REPLY_TAKEN: [Rule(REPLY, owner, channel="sms")],
    Kind.USER_INVITED: [Rule("user_invited", the_user)],
    Kind.INVITATION_RESENT: [Rule("user_invited", the_user)],
    Kind.SIGNED_IN_ON_NEW_DEVICE: [Rule("security_notice", the_user)],
    Kind.SIGN_IN_GUESSED: [Rule("security_notice", the_user, when=first_of_the_day)],
    Kind.EMERGENCY_CODE_USED: [Rule("security_notice", the_user)],
    Kind.WAY_IN_ADDED: [Rule("security_notice", the_user)],
    Kind.WAY_IN_REMOVED: [Rule("security_notice", the_user)],
    Kind.SECOND_FACTOR_RESET: [Rule("security_notice", the_user)],
    Kind.API_TOKEN_ISSUED: [Rule("security_notice", owner)],
    Kind.EMAIL_CHANGED: [Rule("email_changed", owner)],
    Kind.BARRIER_REPORTED: [Rule("barrier_reported", admins)],
    Kind.ORGANISATION_REGISTERED: [
        Rule("organisation_received", members),
        Rule("new_organisation", coordinators),
    ],
    Kind.ORGANISATION_APPROVED: [Rule("organisation_approved", members)],
    Kind.HELP_REQUEST_FILED: [Rule("request_received", asking_side), Rule("new_request", coordinators)],
    Kind.HELP_REQUEST_CHANGED: [
        Rule("request_changed", coordinators),
        Rule("request_changed", asking_side_of_office_work, when=ends_nothing),
        Rule("details_changed", confirmed_pilots, when=details_changed),
    ],
    Kind.HELP_REQUEST_UNFILLED: [Rule("request_unfilled", asking_side, when=not_settled_afterwards)],
    Kind.HELP_REQUEST_WITHDRAWN: [Rule("request_withdrawn", coordinators)],
    Kind.OFFER_MADE: [Rule("offer_made", pilot)],
    Kind.OFFER_ACCEPTED: [Rule("offer_accepted", coordinators)],
    Kind.OFFER_DECLINED: [Rule("nobody_left", coordinators, when=nobody_left)],
    Kind.OFFER_EXPIRED: [Rule("nobody_left", coordinators, when=nobody_left)],
    Kind.WAVES_STOPPED: [Rule("nobody_left", coordinators, when=ran_out)],
    Kind.OFFER_RETRACTED: [Rule("offer_retracted", pilot)],
    Kind.OFFER_RESERVED: [Rule("reserve_thanks", pilot)],
    Kind.RESERVE_ASKED: [Rule("reserve_asked", pilot)],
    Kind.ASSIGNMENT_CONFIRMED: [
        Rule("confirmed_to_pilot", pilot),
        Rule("confirmed_to_asking_side", asking_side),
        Rule("reminder_to_pilot", pilot, due=before_it_starts),
        Rule("reminder_to_asking_side", asking_side, due=before_it_starts),
    ],
    Kind.ASSIGNMENT_CANCELLED: [
        Rule("cancelled_to_pilot", pilot),
        Rule("cancelled_to_asking_side", asking_side),
        Rule("pilot_dropped_out", coordinators, when=dropped_out),
    ],
}

SILENT: frozenset[str] = frozenset(
    {
        Kind.OFFICE_OPENED,  # the one who opened it sits before the screen
        Kind.OFFICE_CHANGED,
        Kind.OFFICE_LANGUAGE_REVIEWED,
        Kind.MESSAGE_TEXT_CHANGED,
        Kind.BARRIER_ANSWERED,  # whoever left an address is written to by a person
        Kind.HELP_SEEKER_ERASED,
        Kind.DATA_HANDED_OUT,  # to whoever asked, who has it in her hands
        Kind.CONSENT_GIVEN,
        Kind.CONSENT_WITHDRAWN,  # what was given back has told the others
        Kind.ACCOUNT_ERASED,  # there is nobody left to write to; what was given back has told the others
        Kind.USER_DEACTIVATED,  # the login is closed, and so is the channel
        Kind.MEMBER_REMOVED,
        Kind.ROLE_CHANGED,
        Kind.SMS_NUMBER_PROVEN,  # the page has said so
        Kind.SMS_ENDED,
        Kind.API_TOKEN_REVOKED,
        Kind.INVITATION_REVOKED,
        Kind.INVITATION_ACCEPTED,  # it stands in the list of people
        Kind.SESSIONS_ENDED,  # by whom it concerns
        Kind.PILOT_PROFILE_CHANGED,
        Kind.BACKGROUND_CHECK_RECORDED,
        Kind.QUALIFICATION_RECORDED,
        Kind.HELP_REQUEST_PARTLY_FILLED,  # the confirmations have said who comes
        Kind.HELP_REQUEST_REOPENED,  # told with the cancellation that caused it
        Kind.HELP_REQUEST_FULFILLED,
        Kind.HELP_REQUEST_HANDED_OFF,  # the page has said whom to turn to; nothing was filed
        Kind.PILOTS_SUGGESTED,  # internal: nobody has been asked
        Kind.PLAN_MADE,
        Kind.PLAN_APPLIED,  # each offer speaks for itself
        Kind.WAVES_STARTED,
        Kind.WAVE_SENT,  # each offer speaks for itself
        Kind.ACCEPTANCE_MODEL_TRAINED,  # its report stands on a page
        Kind.ASSIGNMENT_COMPLETED,
        Kind.ASSIGNMENT_MISSED,
        Kind.ACTIVITY_REPORTED,
        Kind.REPORTS_SETTLED,  # the office has talked with both
    }
)


def deliveries_for(event: Event) -> list[Delivery]:
    """All rows the rules call for; a kind in neither table raises KeyError."""
    if event.kind in SILENT:
        return []
    rules = RULES[event.kind]
    subject = subjects.load(event.subject_type, event.subject_id)
    if subject is None:  # erased since
        return []
    return [delivery for rule in rules for delivery in rule.deliveries_for(event, subject)]
