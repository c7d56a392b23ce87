"""How likely is help, before anybody files: counts and what would raise them. Nothing is stored."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.models import Office, Organisation
from backend.accounts.probing_limit import check_probing_rate, check_probing_spread
from backend.api.endpoint import Endpoint
from backend.api.serializers.feasibility import ChancesShown, SketchInput
from backend.dispatch.commands.meeting_places import roughly_located
from backend.dispatch.feasibility import Sketch, chances_of
from backend.dispatch.models import HelpRequest
from backend.errors import NotThere, RuleViolated
from backend.people.models import HelpSeeker


class FeasibilityViews(Endpoint):
    queryset = HelpRequest.objects.none()
    scopes = ("requests", "dispatch")

    @extend_schema(request=SketchInput, responses=ChancesShown)
    def look_up(self, request: Request) -> Response:
        """What a request like this would find, and which small changes would help; incomplete ones too."""
        check_probing_rate(request._request, by=self.reader)
        sketch = _sketch(**self.values(SketchInput))
        check_probing_spread(
            request._request, by=self.reader, languages=sketch.asked, postcode=sketch.postcode
        )
        return self.shown(ChancesShown, chances_of(sketch, by=self.reader, now=timezone.now()))


def _sketch(
    *,
    help_seeker_id: UUID | None = None,
    office_id: UUID | None = None,
    organisation_id: UUID | None = None,
    meeting_place: Any = None,
    **typed: Any,
) -> Sketch:
    """The rows behind the ids; whether this reader may ask about them is for chances_of to say."""
    if (help_seeker_id is None) == (office_id is None):
        raise RuleViolated("help_seeker_or_office", field="help_seeker_id")
    if help_seeker_id:
        seekers = HelpSeeker.objects.select_related("office", "organisation")
        seeker = seekers.filter(pk=help_seeker_id).first()
        if seeker is None:
            raise NotThere("help_seeker_unknown")
        typed |= {"office": seeker.office, "help_seeker": seeker, "organisation": seeker.organisation}
    if office_id:
        typed["office"] = Office.objects.filter(pk=office_id).first()
        if typed["office"] is None:
            raise NotThere("office_unknown")
    if organisation_id and office_id:
        typed["organisation"] = Organisation.objects.filter(pk=organisation_id).first()
        if typed["organisation"] is None:
            raise NotThere("organisation_unknown")
    if meeting_place:
        typed["where"] = roughly_located(meeting_place, organisation=typed.get("organisation"))
    return Sketch(**typed)
