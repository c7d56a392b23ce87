"""What people change about deliveries."""

from datetime import datetime
from uuid import UUID

from backend.accounts.models import User
from backend.accounts.permissions import Permission, may
from backend.errors import NotThere
from backend.journal.command import command
from notifications import outbox
from notifications.models import Delivery


@command
def retry_delivery(*, delivery_id: UUID, by: User, now: datetime) -> Delivery:
    """Try a failed delivery of one's own office again."""
    delivery = Delivery.objects.select_for_update(of=("self",)).filter(pk=delivery_id).first()
    if delivery is None or not may(by, Permission.READ_DELIVERIES, office_id=delivery.office_id):
        raise NotThere("delivery_unknown")
    outbox.requeue(delivery, now=now)
    return delivery
