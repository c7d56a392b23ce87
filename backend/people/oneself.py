"""Is the user a pilot or a help-seeker herself? Sessions and tokens bring the answer along with the user."""

from typing import TYPE_CHECKING

from backend.accounts.models import User

if TYPE_CHECKING:
    from backend.people.models import HelpSeeker, Pilot

BROUGHT_ALONG = ("user__pilot", "user__help_seeker")  # for select_related of what names a user


def own_pilot(user: User) -> "Pilot | None":
    """Her own pilot's row, in whatever state."""
    return getattr(user, "pilot", None)


def own_help_seeker(user: User) -> "HelpSeeker | None":
    """Her own case, where she asks for herself."""
    return getattr(user, "help_seeker", None)
