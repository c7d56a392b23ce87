"""What everybody may look up: languages, topics, postal codes and places."""

from django.utils.translation import override
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.endpoint import Endpoint
from backend.api.serializers.codes import Languages, Topics, TownQuery, Towns
from backend.language_names import language_name
from backend.people.codes import Topic
from geo.gazetteer import find
from geo.models import GazetteerEntry
from matching.languages import LANGUAGES

READERS = ("de", "en")


class CodeViews(Endpoint):
    queryset = GazetteerEntry.objects.all()
    public_actions = frozenset({"languages", "topics", "places"})

    @extend_schema(responses=Languages)
    def languages(self, request: Request) -> Response:
        """Every language that can be asked for, by BCP 47 code."""
        rows = [
            {
                "code": language.code,
                "names": {reader: language_name(language.code, reader) for reader in READERS},
                "endonym": language.endonym,
                "rtl": language.rtl,
            }
            for language in LANGUAGES
        ]
        return self.shown(Languages, {"results": rows})

    @extend_schema(responses=Topics)
    def topics(self, request: Request) -> Response:
        """What a request can be about."""
        names: dict[str, dict[str, str]] = {topic.value: {} for topic in Topic}
        for reader in READERS:
            with override(reader):
                for topic in Topic:
                    names[topic.value][reader] = str(topic.label)
        return self.shown(
            Topics, {"results": [{"code": code, "names": said} for code, said in names.items()]}
        )

    @extend_schema(parameters=[TownQuery], responses=Towns)
    def places(self, request: Request) -> Response:
        """Postal codes and places that begin like this."""
        values = self.query_values(TownQuery)
        return self.shown(Towns, {"results": find(values["q"], limit=values["limit"])})
