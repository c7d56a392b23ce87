"""What is read of deliveries, calendars and browsers."""

from django.db.models import QuerySet

from backend.accounts.models import Office, User
from backend.accounts.tokens import digest
from backend.errors import NotThere
from notifications.models import CalendarFeed, Delivery


def failed_for(office: Office) -> QuerySet[Delivery]:
    """What could not be delivered, latest first: somebody may have to pick up the phone."""
    return Delivery.objects.unheard().filter(office=office).select_related("recipient").order_by("-failed_at")


def owner_of_feed(secret: str) -> User:
    """Whose calendar the private address opens; NotThere for an address that was replaced, or of a closed login."""
    feed = (
        CalendarFeed.objects.select_related("user").filter(hash=digest(secret), user__is_active=True).first()
    )
    if feed is None:
        raise NotThere("link_unknown_or_expired")
    return feed.user
