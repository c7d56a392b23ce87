"""How somebody takes SMS or ends them, and what a reply to one does."""

from datetime import datetime, timedelta
from uuid import UUID

from backend.accounts.models import User
from backend.errors import NotThere, RuleViolated, TooManyRequests
from backend.journal.command import command
from backend.journal.kinds import EventKind
from backend.journal.models import Event
from backend.journal.record import record
from backend.people.models import HelpSeeker, Pilot
from notifications.texting.inbound import Reply
from notifications.texting.models import SmsNumber, SmsReply
from notifications.texting.replying import answered, asked_by_sms, reply_id
from notifications.texting.texts import sms_is_on

CODES_A_DAY = 5


@command
def name_sms_number(*, number: str, by: User, now: datetime) -> SmsNumber:
    """Note the number, in E.164, and have a code sent there. Until it has come back, no other SMS goes to it."""
    if not sms_is_on():
        raise RuleViolated("sms_is_off")
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    since = now - timedelta(days=1)
    lately = Event.objects.filter(
        kind=EventKind.SMS_NUMBER_NAMED, actor_id=by.pk, happened_at__gt=since
    ).order_by("happened_at")
    if lately.count() >= CODES_A_DAY:
        again = lately.values_list("happened_at", flat=True)[lately.count() - CODES_A_DAY] + timedelta(days=1)
        raise TooManyRequests("too_many_sms_codes", retry_after=int((again - now).total_seconds()) + 1)
    row = SmsNumber.objects.filter(user=by).first() or SmsNumber(user=by, created_at=now)
    row.number, row.created_at = number, now
    row.proven_at, row.code_hash, row.code_until, row.guesses = None, "", None, 0
    row.save()
    record(EventKind.SMS_NUMBER_NAMED, subject=row, by=by, at=now, office_id=_office_of(by))
    return row


@command
def prove_sms_number(*, code: str, by: User, now: datetime) -> bool:
    """Whether the code was right; the number then gets SMS. A wrong one is counted, so nothing is raised for it."""
    row = SmsNumber.objects.select_for_update(of=("self",)).filter(user=by).first()
    if row is None:
        raise NotThere("sms_number_unknown")
    if row.proven_at is not None:
        return True
    if not row.takes("".join(code.split()), at=now):
        return False
    row.proven_at, row.code_hash = now, ""
    row.save(update_fields=["proven_at", "code_hash"])
    record(EventKind.SMS_NUMBER_PROVEN, subject=row, by=by, at=now, office_id=_office_of(by))
    return True


@command
def end_sms(*, by: User, now: datetime) -> None:
    """Forget the number: no more SMS."""
    row = SmsNumber.objects.filter(user=by).first()
    if row is not None:
        record(EventKind.SMS_ENDED, subject=row, by=by, at=now, office_id=_office_of(by))
        row.delete()


@command
def take_reply(*, reply: Reply, by: None, now: datetime) -> str:
    """Take a reply for what it says and have it answered by SMS; "" from somebody whom we have not asked.

    The provider posts it at least once; it counts once, under the provider's id.
    """
    readers = asked_by_sms(reply.sender, now=now)
    if not readers:
        return ""
    row, is_new = SmsReply.objects.get_or_create(
        provider_id=reply_id(reply), defaults={"user": readers[0].user, "received_at": now}
    )
    if not is_new:
        return row.outcome
    outcome, offer, number = answered(readers, reply.text, now=now)
    row.outcome, row.user = outcome.value, number.user
    row.save(update_fields=["outcome", "user"])
    facts = {"offer_id": offer.pk} if offer else {}
    record(
        EventKind.SMS_REPLY_TAKEN,
        subject=number,
        by=by,
        at=now,
        office_id=offer.help_request.office_id if offer else _office_of(number.user),
        outcome=outcome.value,
        **facts,
    )
    return row.outcome


def _office_of(user: User) -> UUID | None:
    """Whose worklist shows it when an SMS does not get there."""
    for model in (Pilot, HelpSeeker):
        if found := model._default_manager.filter(user=user).values_list("office", flat=True).first():
            return UUID(str(found))
    return next((membership.office_id for membership in user.live_memberships if membership.office_id), None)
