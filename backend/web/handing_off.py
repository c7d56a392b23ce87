"""What the office leaves to others is said before anything else is asked for, and is counted."""

from uuid import UUID

from django.utils import timezone

from backend.accounts.models import Office, Organisation
from backend.dispatch import policies
from backend.dispatch.commands.drafts import save_draft
from backend.dispatch.commands.hand_offs import hand_off
from backend.dispatch.models import HelpRequest
from backend.errors import RuleViolated
from backend.people.models import HelpSeeker
from backend.web.chances import office_meant
from backend.web.errors import add_to_form, refusals_on
from backend.web.forms.requests import NeedForm
from backend.web.gates import SignedInRequest
from backend.web.prefilling import BEGAN

COUNTED = "handed_off"  # in the session: drafts that were counted, and nothing of what they are about
COUNTED_AT_MOST = 20


def leaves_to_others(
    request: SignedInRequest,
    form: NeedForm,
    *,
    organisation: Organisation | None,
    help_seeker: HelpSeeker | None = None,
    draft_id: UUID,
    changes: HelpRequest | None = None,
) -> bool:
    """Whether the office does not take on what was chosen: said beside the question; the draft is kept.

    However often one form is sent, it is counted once.
    """
    matter = str(form.data.get("matter", ""))
    if not matter:
        return False
    form.is_valid()  # so far; what can be read says which office is meant
    office, _client = office_meant(form, help_seeker=help_seeker, organisation=organisation, by=request.user)
    if office is None:
        return False
    try:
        policies.check_matter(matter, office=office)
    except RuleViolated as refusal:
        # What is still missing need not be filled in any more.
        form.errors.clear()
        add_to_form(form, refusal)
        with refusals_on(form):
            _count(request, draft_id, office, matter)
            values = {name: str(form.data.get(name, "")) for name in (*form.fields, BEGAN)}
            save_draft(draft_id=draft_id, values=values, changes=changes, by=request.user, now=timezone.now())
        return True
    return False


def _count(request: SignedInRequest, draft_id: UUID, office: Office, matter: str) -> None:
    counted = request.session.get(COUNTED, [])
    if str(draft_id) not in counted:
        hand_off(office_id=office.pk, matter=matter, by=request.user, now=timezone.now())
        request.session[COUNTED] = [*counted, str(draft_id)][-COUNTED_AT_MOST:]
