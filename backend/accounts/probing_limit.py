"""How often may somebody look up the chances of a request, before we take it for probing who our pilots are?"""

from collections.abc import Iterable

from django.http import HttpRequest

from backend.accounts.models import User
from backend.accounts.registration_limit import within_rate
from backend.accounts.roles import Role
from backend.errors import TooManyRequests

# Their rates stand in settings.ACCOUNT_RATE_LIMITS: look-ups for an hour, languages at places for a day.
ACTION, ONE_PAIR, PAIRS = "feasibility", "feasibility_pair", "feasibility_pairs"
RETRY_AFTER_SECONDS, RETRY_TOMORROW_SECONDS = 3600, 24 * 3600


def check_probing_rate(request: HttpRequest, *, by: User) -> None:
    """Count one look-up by this user; coordinators see their pilots anyway."""
    if by.has_role(Role.COORDINATOR):
        return
    if not within_rate(request, action=ACTION, key=str(by.pk)):
        raise TooManyRequests("too_many_requests", retry_after=RETRY_AFTER_SECONDS)


def check_probing_spread(request: HttpRequest, *, by: User, languages: Iterable[str], postcode: str) -> None:
    """Count a language at a place, once a day: typing on is free, going over the map is not.

    Nothing is counted while either is missing.
    """
    asked = ",".join(sorted(set(languages)))
    if not asked or not postcode or by.has_role(Role.COORDINATOR):
        return
    pair = f"{by.pk} {asked} {postcode}"
    if not within_rate(request, action=ONE_PAIR, key=pair, counted=False):
        return
    if not within_rate(request, action=PAIRS, key=str(by.pk)):
        raise TooManyRequests("too_many_requests", retry_after=RETRY_TOMORROW_SECONDS)
    # Only now: a pair that was refused is as new the next time.
    within_rate(request, action=ONE_PAIR, key=pair)
