"""In which language does this reader get the page?"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from backend.web.gates import OFFICE_GATES
from backend.web.languages import is_offered_somewhere

WITHOUT_WORDS = (".css", ".png")
GetResponse = Callable[[HttpRequest], HttpResponse]


class ReaderLanguageMiddleware:
    """The language of the cookie; else the signed-in user's; else what the browser asks for; else German."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = self._chosen(request) or translation.get_language_from_request(request)
        if not is_offered_somewhere(language):  # nobody has read its texts yet
            language = settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            language = request.LANGUAGE_CODE
        response.headers.setdefault("Content-Language", language)
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponse], *_: object) -> None:
        """Where a language has only what pilots and help-seekers read, the pages of the office come in German."""
        if (
            getattr(view, "gate", None) in OFFICE_GATES
            and request.LANGUAGE_CODE not in settings.WHOLE_LANGUAGES
        ):
            request.LANGUAGE_CODE = settings.LANGUAGE_CODE
            translation.activate(settings.LANGUAGE_CODE)

    @staticmethod
    def _chosen(request: HttpRequest) -> str | None:
        code = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        # Whoever reads the session makes the answer one for this reader alone, and not for a shared cache.
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if not code and has_session and not request.path_info.endswith(WITHOUT_WORDS):
            code = request.session.get("language")
        return code if code in dict(settings.LANGUAGES) else None
