"""What happens to a request before it is sent: kept while it is typed, sent once, thrown away.

Nothing of it is recorded: the journal begins when the office hears of a request.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from backend.accounts.models import User
from backend.dispatch.models import HelpRequest, RequestDraft
from backend.errors import Conflict, NotThere, RuleViolated
from backend.journal.command import command

DRAFTS_AT_MOST = 50
LONGEST_VALUE = 2000


@command
def save_draft(
    *,
    draft_id: UUID,
    values: Mapping[str, str],
    by: User,
    now: datetime,
    changes: HelpRequest | None = None,
) -> RequestDraft:
    """Keep what was typed so far; Conflict where it has been sent already."""
    own = RequestDraft.objects.visible_to(by)
    if not own.filter(pk=draft_id).exists() and own.unsent().count() >= DRAFTS_AT_MOST:
        raise RuleViolated("too_many_drafts", at_most=DRAFTS_AT_MOST)
    draft, _made = RequestDraft.objects.get_or_create(
        pk=draft_id, defaults={"owner": by, "changes": changes, "created_at": now, "changed_at": now}
    )
    draft = RequestDraft.objects.lock(draft.pk, owner=by)
    if draft.filed_id is not None:
        raise Conflict("draft_sent")
    draft.keep({name: value[:LONGEST_VALUE] for name, value in values.items()}, at=now)
    draft.save()
    return draft


@command
def send_draft(*, draft_id: UUID, send: Callable[[], HelpRequest], by: User, now: datetime) -> HelpRequest:
    """What comes of sending it: done once; whoever sends it again gets the same request."""
    draft = RequestDraft.objects.lock(draft_id, owner=by)
    if draft.filed is not None:
        return draft.filed
    filed = send()
    draft.settle(filed, at=now)
    draft.save()
    return filed


@command
def drop_draft(*, draft_id: UUID, by: User, now: datetime) -> None:
    """Throw it away."""
    draft = RequestDraft.objects.lock(draft_id, owner=by)
    if draft.filed_id is not None:
        raise Conflict("draft_sent")
    draft.delete()


@command
def forget_draft(*, draft_id: UUID, by: None, now: datetime) -> None:
    """The clock's part: nobody has touched it for as long as we keep drafts."""
    if not RequestDraft.objects.outdated(now=now).filter(pk=draft_id).delete()[0]:
        raise NotThere("draft_unknown")
