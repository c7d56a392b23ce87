"""What the pages of the coordinator's desk share: the request they are about."""

from uuid import UUID

from backend.accounts.models import User
from backend.dispatch import permissions
from backend.dispatch.models import HelpRequest
from backend.dispatch.queries import help_request_for


def found_on_desk(user: User, help_request_id: UUID) -> HelpRequest:
    """The request, for coordinators of its office alone."""
    found = help_request_for(user, help_request_id, "confidential")
    permissions.check_may_dispatch(user, found)
    return found
