"""What follows when a mail comes back, and when somebody says that an address is right after all."""

from datetime import datetime

from backend.accounts.models import User
from backend.journal.command import command
from notifications.bounces.models import UndeliverableAddress, address_hash
from notifications.bounces.report import Bounce
from notifications.models import Delivery
from notifications.states import DeliveryStatus, Failure


@command
def note_bounce(*, bounce: Bounce, by: None, now: datetime) -> bool:
    """Mark the message as failed, and its address as undeliverable where that is what the report says.

    False, and nothing changed, for a message that we did not send to that address, or whose end is known already.
    """
    delivery = (
        Delivery.objects.select_for_update(of=("self",), no_key=True)
        .select_related("recipient")
        .filter(pk=bounce.sent_as, channel="email")
        .first()
    )
    if delivery is None or delivery.status != DeliveryStatus.SENT:
        return False
    reader = delivery.recipient
    if bounce.recipient and bounce.recipient != reader.email.lower():  # forwarded, or no report of ours
        return False
    delivery.move_to(DeliveryStatus.FAILED, at=now, failure=Failure.BOUNCED, failure_detail=bounce.status)
    if bounce.address_is_wrong:
        UndeliverableAddress.objects.update_or_create(
            user=reader,
            defaults={
                "address_hash": address_hash(reader.email),
                "code": bounce.status[:12],
                "bounced_at": now,
            },
        )
    return True


@command
def trust_own_address(*, by: User, now: datetime) -> None:
    """Whoever reads mail there says so: write to the address again."""
    UndeliverableAddress.objects.filter(user=by).delete()
