"""Which browser is it? A random number in a cookie tells those we have seen, and nothing else about them."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from backend.accounts.tokens import new_secret
from backend.web.devices import device_of

COOKIE_AGE = 365 * 24 * 3600
NEW = "_new_known_browser"
TOO_LONG = 100


def browser_behind(request: HttpRequest) -> str:
    """What the browser carries, or will carry from this answer on; of apps, which keep no cookies, their own name."""
    if getattr(getattr(request, "allauth", None), "headless", None) is not None:
        return f"app {device_of(request.headers.get('User-Agent', ''))}"
    carried = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE, "")
    if carried and len(carried) < TOO_LONG:
        return carried
    secret = new_secret()
    setattr(request, NEW, secret)
    return secret


def remember_browser(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Hand the number over, once somebody has signed in with it."""
    if secret := getattr(request, NEW, None):
        response.set_cookie(
            settings.KNOWN_BROWSER_COOKIE,
            secret,
            max_age=COOKIE_AGE,
            secure=settings.SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response
