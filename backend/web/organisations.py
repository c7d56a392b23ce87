"""For which organisation does somebody ask?"""

from backend.accounts.models import Organisation, User


def organisation_of(user: User) -> Organisation | None:
    """The organisation the user asks for: the first that is approved, else the first."""
    own = [m.organisation for m in user.live_memberships if m.organisation]
    own.sort(key=lambda organisation: (organisation.approved_at is None, organisation.name))
    return own[0] if own else None
