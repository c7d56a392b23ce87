"""Whose profile is it? That of whoever is signed in."""

from backend.errors import NotThere
from backend.people.models import Pilot
from backend.web.gates import SignedInRequest


def own_profile(request: SignedInRequest) -> Pilot:
    """The reader's own, or NotThere."""
    pilot = Pilot.objects.select_related("office", "home").filter(user=request.user).first()
    if pilot is None:
        raise NotThere("pilot_unknown")
    return pilot
