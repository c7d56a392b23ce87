"""Which messages may a reader do without, and who has said so? Without them nothing goes wrong; all others stay."""

from collections.abc import Mapping
from uuid import UUID

from django.core import signing
from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.errors import NotThere
from backend.keys import Keyed

SALT = "notifications.unsubscribe"


class Group(models.TextChoices):
    REMINDERS = "reminders", _("Reminders of appointments")
    THANKS = "thanks", _("Thanks and receipts")
    NEWS = "news", _("News of the office: requests, answers, applications")


GROUP_OF: Mapping[str, Group] = {
    "reminder_to_pilot": Group.REMINDERS,
    "reminder_to_asking_side": Group.REMINDERS,
    "reserve_thanks": Group.THANKS,
    "request_received": Group.THANKS,
    "new_request": Group.NEWS,
    "offer_accepted": Group.NEWS,
    "new_applicant": Group.NEWS,
    "new_organisation": Group.NEWS,
}


class Unsubscription(Keyed):
    """Somebody wants no messages of this group, over no channel."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="unsubscriptions")
    group = models.CharField(max_length=12, choices=Group.choices)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("user", "group", name="unsubscribed_once")]

    class Privacy:
        personal = ("group",)
        plain = ("id", "user", "created_at")
        keep_for = "as long as the account, or until it is taken back"
        counted_from = None


def is_unwanted(user: User, template: str) -> bool:
    """Whether the reader has ended messages of this kind."""
    group = GROUP_OF.get(template)
    return group is not None and Unsubscription.objects.filter(user=user, group=group).exists()


def token_of(user: User, group: Group) -> str:
    """What the link in a message carries: for this reader and this group alone; it opens nothing."""
    return signing.Signer(salt=SALT).sign(f"{user.pk.hex}.{group.value}").replace(":", "~")


def behind(token: str) -> tuple[User, Group]:
    """Whom and which messages the link means; NotThere for one that we did not make, or of a closed login."""
    try:
        hexed, _dot, value = signing.Signer(salt=SALT).unsign(token.replace("~", ":")).partition(".")
        group, user_id = Group(value), UUID(hex=hexed)
    except (signing.BadSignature, ValueError) as error:
        raise NotThere("link_unknown_or_expired") from error
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise NotThere("link_unknown_or_expired")
    return user, group
