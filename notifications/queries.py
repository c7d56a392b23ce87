"""What offices read of deliveries."""

from django.db.models import QuerySet

from backend.accounts.models import Office
from notifications.models import Delivery


def failed_for(office: Office) -> QuerySet[Delivery]:
    """What could not be delivered, latest first: somebody may have to pick up the phone."""
    return Delivery.objects.failed().filter(office=office).select_related("recipient").order_by("-failed_at")
