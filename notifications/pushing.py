"""What may be pushed to a browser, what it then says, and to whom: a title without a word about the client."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.models import PushSubscription

# By template: what stands on a locked screen for everybody to read.
BY_PUSH: Mapping[str, Promise] = {
    "offer_made": _("A question for you: would you take on an appointment?"),
    "reserve_asked": _("Would you still take on the appointment?"),
    "confirmed_to_pilot": _("Your appointment is confirmed."),
    "reminder_to_pilot": _("You have an appointment soon."),
    "cancelled_to_pilot": _("An appointment of yours is cancelled."),
    "confirmed_to_asking_side": _("A pilot is coming to your appointment."),
    "cancelled_to_asking_side": _("An appointment of yours is cancelled."),
}


def push_is_on() -> bool:
    """Whether this installation has a key to push with."""
    return bool(settings.VAPID_PRIVATE_KEY)


def with_push(user_ids: Iterable[UUID]) -> list[UUID]:
    """Those of them who have a browser that wants to hear."""
    if not push_is_on():
        return []
    subscribed = PushSubscription.objects.filter(user__in=list(user_ids))
    return list(subscribed.order_by("user").values_list("user", flat=True).distinct())
