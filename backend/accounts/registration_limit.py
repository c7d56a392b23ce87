"""How many registrations may come from one computer, and for one address, before we stop listening?

Each of them sends mail to an address that nobody has proven: without a limit we would be a mail cannon.
"""

import logging
from uuid import UUID

from allauth.core import ratelimit
from django.http import HttpRequest
from redis.exceptions import RedisError

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.errors import TooManyRequests

logger = logging.getLogger(__name__)

ACTION = "register"  # its rates stand in settings.ACCOUNT_RATE_LIMITS, both for an hour
RETRY_AFTER_SECONDS = 3600


def check_registration_rate(request: HttpRequest, *, email: str, by: User | None) -> None:
    """Count one registration of `email`; a coordinator registers as many as call."""
    if by is not None and by.has_role(Role.COORDINATOR):
        return
    if not within_rate(request, action=ACTION, key=email.strip().lower()):
        raise TooManyRequests("too_many_registrations", retry_after=RETRY_AFTER_SECONDS)


def check_barrier_rate(request: HttpRequest, *, office_id: UUID) -> None:
    """Count one report of a barrier to this office; there is no captcha, which would be a barrier itself."""
    if not within_rate(request, action="barrier", key=str(office_id)):
        raise TooManyRequests("too_many_requests", retry_after=RETRY_AFTER_SECONDS)


def within_rate(request: HttpRequest, *, action: str, key: str, counted: bool = True) -> bool:
    """Count one `action` by `key`; False where settings.ACCOUNT_RATE_LIMITS allow no more of them.

    Not `counted`, it is only asked whether one more would be allowed.
    """
    try:
        return bool(ratelimit.consume(request, action=action, key=key, dry_run=not counted))
    except RedisError as error:
        # Without Redis nobody can count; it delays what we do and refuses nobody.
        logger.warning("not_counted action=%s error=%s", action, type(error).__name__)
        return True
