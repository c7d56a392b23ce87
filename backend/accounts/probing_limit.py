"""How often may somebody look up the chances of a request, before we take it for probing who our pilots are?"""

from django.http import HttpRequest

from backend.accounts.models import User
from backend.accounts.registration_limit import within_rate
from backend.accounts.roles import Role
from backend.errors import TooManyRequests

ACTION = "feasibility"  # its rate stands in settings.ACCOUNT_RATE_LIMITS, for an hour
RETRY_AFTER_SECONDS = 3600


def check_probing_rate(request: HttpRequest, *, by: User) -> None:
    """Count one look-up by this user; coordinators see their pilots anyway."""
    if by.has_role(Role.COORDINATOR):
        return
    if not within_rate(request, action=ACTION, key=str(by.pk)):
        raise TooManyRequests("too_many_requests", retry_after=RETRY_AFTER_SECONDS)
