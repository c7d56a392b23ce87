"""A request that somebody has begun to write: her own, sealed, and never seen by the office before it is sent."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import models

from backend.accounts.models import User
from backend.dispatch.models.help_request import HelpRequest
from backend.encryption import EncryptedTextField
from backend.errors import NotThere
from backend.keys import Keyed


class RequestDraftQuerySet(models.QuerySet["RequestDraft"]):
    def visible_to(self, user: User) -> "RequestDraftQuerySet":
        """One's own, and nobody else's: what is not sent yet concerns nobody."""
        return self.filter(owner=user)

    def unsent(self) -> "RequestDraftQuerySet":
        return self.filter(filed=None)

    def lock(self, draft_id: UUID, *, owner: User) -> "RequestDraft":
        """The row, locked; a second click queues up here."""
        found = self.visible_to(owner).select_for_update(of=("self",)).filter(pk=draft_id).first()
        if found is None:
            raise NotThere("draft_unknown")
        return found

    def outdated(self, *, now: datetime) -> "RequestDraftQuerySet":
        """Those that nobody has touched for as long as we keep them."""
        return self.filter(changed_at__lte=now - RequestDraft.KEPT)


class RequestDraft(Keyed):
    """`changes` is the request that is to be changed; `filed` is what came of it when it was sent.

    Its key is made with the form: however often that form is sent, one draft and one request come of it.
    """

    KEPT = timedelta(days=30)

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    changes = models.ForeignKey(HelpRequest, on_delete=models.CASCADE, null=True, related_name="+")
    filed = models.ForeignKey(HelpRequest, on_delete=models.CASCADE, null=True, related_name="+")
    sealed = EncryptedTextField(blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = RequestDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]
        indexes = [models.Index(fields=["owner", "changed_at"], name="draft_of_owner")]

    class Privacy:
        personal = ("sealed",)
        plain = ("id", "owner", "changes", "filed", "created_at", "changed_at")
        keep_for = "30 days"
        counted_from = "changed_at"

    @property
    def values(self) -> dict[str, str]:
        """What was typed, by field; incomplete and unchecked."""
        return dict(json.loads(self.sealed)) if self.sealed else {}

    def keep(self, values: Mapping[str, str], *, at: datetime) -> None:
        """Replace what was typed."""
        self.sealed = json.dumps(dict(values))
        self.changed_at = at

    def settle(self, filed: HelpRequest, *, at: datetime) -> None:
        """Note what came of it; the words now live with the request."""
        self.filed, self.sealed, self.changed_at = filed, "", at
