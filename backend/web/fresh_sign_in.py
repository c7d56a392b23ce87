"""Is it still she who sits there? Pages that hand out or erase everything want a sign-in of the last minutes."""

import functools
import time
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from backend.web.gates import SignedInRequest, page_of

P = ParamSpec("P")
View = Callable[Concatenate[SignedInRequest, P], HttpResponse]


def is_fresh(request: SignedInRequest, *, within: int | None = None) -> bool:
    """Whether the last proof, a code or a passkey, was given within these seconds: a quarter of an hour."""
    records = get_authentication_records(request, request.user)
    seconds = settings.ACCOUNT_REAUTHENTICATION_TIMEOUT if within is None else within
    return bool(records) and time.time() - records[-1]["at"] < seconds


def freshly_signed_in(view: View[P]) -> View[P]:
    """Ask for a code or a passkey first where the last one is older; what was to be done is done again then."""
    return _asking_first(view, None)


def signed_in_lately(view: View[P]) -> View[P]:
    """The same for what is opened all day long: one proof is good for some hours of work."""
    return _asking_first(view, settings.REVEAL_PROOF_SECONDS)


def _asking_first(view: View[P], within: int | None) -> View[P]:
    @functools.wraps(view)
    def guarded(request: SignedInRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if is_fresh(request, within=within):
            return view(request, *args, **kwargs)
        methods = get_adapter().get_reauthentication_methods(request.user)
        url = methods[0]["url"] if methods else reverse("account_login")
        return HttpResponseRedirect(f"{url}?{urlencode({REDIRECT_FIELD_NAME: page_of(request)})}")

    return guarded
