"""Which words has an office put in place of ours?"""

from django.db import models

from backend.accounts.models import Office, User
from backend.accounts.roles import Role
from backend.keys import Keyed


class MessageTextQuerySet(models.QuerySet["MessageText"]):
    def visible_to(self, user: User) -> "MessageTextQuerySet":
        """Those of the offices that the user administers."""
        return self.filter(office__in=user.office_ids(Role.ADMIN))


class MessageText(Keyed):
    """An office's own subject and text of one message in one language; places to fill stand in braces."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="message_texts")
    template = models.CharField(max_length=40)
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=150)
    body = models.TextField(max_length=6000)
    changed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField()

    objects = MessageTextQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("office", "template", "language", name="message_text_once"),
        ]

    class Privacy:
        personal = ("changed_by",)
        plain = ("id", "office", "template", "language", "subject", "body", "changed_at")
        keep_for = "as long as the office"
        counted_from = None
