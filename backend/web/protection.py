"""What every answer tells the browser to refuse, whichever view, error or redirect it comes from."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.cache import add_never_cache_headers

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; "
    "worker-src 'self'"
)
# What a page of ours never asks a device for; passkeys alone it does.
REFUSED_FEATURES = (
    *("accelerometer", "autoplay", "bluetooth", "browsing-topics", "camera", "display-capture"),
    *("encrypted-media", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer"),
    *("microphone", "midi", "payment", "picture-in-picture", "serial", "usb", "xr-spatial-tracking"),
)
FEATURES = ", ".join(
    [
        *(f"{feature}=()" for feature in REFUSED_FEATURES),
        *(f"publickey-credentials-{use}=(self)" for use in ("create", "get")),
    ]
)
LEAVING = (
    "account_logout",
    "web:erase_account",
)  # after these the browser keeps nothing of what it has shown
# Spoken to by programs: one that sends its secret over plain HTTP should notice, instead of being led on each time.
FOR_PROGRAMS = ("/api/", "/_allauth/")
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
GetResponse = Callable[[HttpRequest], HttpResponse]


class ProtectionMiddleware:
    """Outermost, so that no answer leaves without its headers. A view may set a policy of its own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Django takes TRACE for harmless and checks no token of it; methods that it has never heard of reach views.
        if request.method not in METHODS:
            response: HttpResponse = HttpResponseNotAllowed(METHODS)
        elif _in_the_clear(request):
            response = HttpResponse("https only\n", status=403, content_type="text/plain; charset=utf-8")
        else:
            response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers.setdefault("Permissions-Policy", FEATURES)
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not response.has_header("Cache-Control"):
            # Also a public page has in its frame who is signed in.
            add_never_cache_headers(response)
        match = request.resolver_match
        if request.method == "POST" and match is not None and match.view_name in LEAVING:
            headers.setdefault("Clear-Site-Data", '"cache"')
        return response


def _in_the_clear(request: HttpRequest) -> bool:
    """Whether a program speaks to us over plain HTTP where HTTPS is what we answer with."""
    return (
        settings.SECURE_SSL_REDIRECT
        and not request.is_secure()
        and request.path_info.startswith(FOR_PROGRAMS)
    )
