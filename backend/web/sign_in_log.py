"""Which steps of signing in were taken or refused? One line each, with the account's id at most."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from backend.request_ids import user_id

STEPS = ("account_", "mfa_", "headless:", "socialaccount_", "openid_connect_")
logger = logging.getLogger("ilos.security")


class SignInLogMiddleware:
    """Looks at what came of each form of the account pages: a step that is taken leads on, a refused one stays."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        route = request.resolver_match.view_name if request.resolver_match else ""
        if request.method not in {"GET", "HEAD", "OPTIONS"} and route.startswith(STEPS):
            taken = response.status_code < 400 and (
                response.status_code != 200
                or not response.headers.get("Content-Type", "").startswith("text/html")
            )
            logger.log(
                logging.INFO if taken else logging.WARNING,
                "sign_in step=%s outcome=%s status=%s user=%s",
                *(
                    route,
                    "taken" if taken else "refused",
                    response.status_code,
                    user_id(request),
                ),
            )
        return response
