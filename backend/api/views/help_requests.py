"""Requests for help: filed by the asking side, worked on by the office."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.permissions import Permission, may
from backend.api.endpoint import Endpoint
from backend.api.filters import HelpRequestFilter
from backend.api.pagination import OldestFirst
from backend.api.serializers.assignments import AssignmentShown
from backend.api.serializers.help_requests import (
    Confirmation,
    EventShown,
    HelpRequestFiling,
    HelpRequestInFull,
    HelpRequestShown,
    OffersInput,
    Withdrawal,
)
from backend.api.serializers.match_runs import LastResortShown, Limit, MatchRunShown, WhyShown
from backend.api.serializers.offers import OfferShown, OffersMade
from backend.api.serializers.waves import WaveSeriesShown
from backend.dispatch import matchmaking
from backend.dispatch.commands.assignments import confirm_assignment
from backend.dispatch.commands.hand_offs import counted_hand_offs
from backend.dispatch.commands.help_requests import (
    close_unfilled,
    file_help_request,
    suggest_pilots,
    withdraw_help_request,
)
from backend.dispatch.commands.offers import make_offers
from backend.dispatch.commands.overrides import ask_all_the_same
from backend.dispatch.commands.waves import start_waves, stop_waves
from backend.dispatch.models import HelpRequest, MatchRun, Offer, Suggestion, WaveSeries
from backend.dispatch.permissions import check_may_dispatch
from backend.dispatch.policies import coming_slots, slots_in_question
from backend.dispatch.queries import (
    details_for_office,
    offers_to_read,
    pilots_behind,
    timeline,
    timeline_of_asking_side,
    with_progress,
)
from backend.errors import NotThere, RuleViolated
from backend.people.models import Pilot

DISPATCH = ("dispatch",)


class HelpRequestViews(Endpoint):
    queryset = HelpRequest.objects.select_related(
        "office", "organisation", "help_seeker", "meeting_place"
    ).prefetch_related("slots")
    filterset_class = HelpRequestFilter
    scopes = ("requests",)
    unknown = "help_request_unknown"

    @extend_schema(responses=HelpRequestShown(many=True))
    def list(self, request: Request) -> Response:
        """The requests of one's office, one's organisation, or for oneself."""
        return self.listed(HelpRequestShown, self.filtered())

    @extend_schema(request=HelpRequestFiling, responses={201: HelpRequestInFull})
    def create(self, request: Request) -> Response:
        """Ask for a pilot; the request is open at once."""
        values, now = self.values(HelpRequestFiling), timezone.now()
        with counted_hand_offs(by=self.reader, now=now):
            filed = file_help_request(**values, by=self.reader, now=now)
        return self._in_full(filed.pk, status=201)

    @extend_schema(responses=HelpRequestInFull)
    def retrieve(self, request: Request, id: UUID) -> Response:
        """One request. Opening what is confidential in it is kept in the access log."""
        return self._in_full(id, opened=True)

    @extend_schema(request=Limit, responses={201: MatchRunShown}, methods=["post"])
    @extend_schema(responses=MatchRunShown, methods=["get"])
    @action(detail=True, methods=["get", "post"], scopes=DISPATCH)
    def suggestions(self, request: Request, id: UUID) -> Response:
        """The best pilots with what speaks for each of them; POST ranks anew, GET shows the latest run."""
        if request.method == "POST":
            limit = self.values(Limit)["limit"]
            run = suggest_pilots(help_request_id=id, limit=limit, by=self.reader, now=timezone.now())
            return self.shown(MatchRunShown, _with_suggestions(run.pk), status=201)
        latest = MatchRun.objects.filter(help_request=self._for_dispatch(id)).first()
        if latest is None:
            raise NotThere("not_found")
        return self.shown(MatchRunShown, _with_suggestions(latest.pk))

    @extend_schema(responses=WhyShown)
    @action(detail=True, url_path="why/<uuid:pilot_id>")
    def why(self, request: Request, id: UUID, pilot_id: UUID) -> Response:
        """Why this pilot is, or is not, among the suggestions."""
        help_request = self._for_dispatch(id)
        pilot = Pilot.objects.filter(pk=pilot_id, pilot_offices__office=help_request.office_id).first()
        if pilot is None:
            raise NotThere("pilot_unknown")
        now = timezone.now()
        reasons = matchmaking.why_not(help_request, slots_in_question(help_request, now=now), pilot, now=now)
        return self.shown(WhyShown, {"pilot": pilot, "eligible": not reasons, "reasons": reasons})

    @extend_schema(responses=LastResortShown)
    @action(detail=True, url_path="last-resort")
    def last_resort(self, request: Request, id: UUID) -> Response:
        """Over a third language or a second pilot, where nobody can be asked; meaning gets lost on the way."""
        help_request, now = self._for_dispatch(id), timezone.now()
        found = matchmaking.last_resort(help_request, coming_slots(help_request, now=now), now=now)
        ways = {
            "in_other_languages": found.in_other_languages if found else [],
            "chains": found.chains if found else [],
        }
        return self.shown(LastResortShown, {"last_resort": found is not None, **ways})

    @extend_schema(request=OffersInput, responses={201: OffersMade}, methods=["post"])
    @extend_schema(responses=OfferShown(many=True), methods=["get"])
    @action(detail=True, methods=["get", "post"], scopes=DISPATCH, filterset_class=None)
    def offers(self, request: Request, id: UUID) -> Response:
        """Whom the office has asked; POST asks these pilots."""
        if request.method == "POST":
            made = self._asked(id, **self.values(OffersInput))
            offers = offers_to_read(Offer.objects.filter(pk__in=[offer.pk for offer in made]))
            return self.shown(OffersMade, {"offers": offers}, status=201)
        help_request = self._for_dispatch(id)
        return self.listed(OfferShown, offers_to_read(Offer.objects.filter(help_request=help_request)))

    def _asked(self, id: UUID, *, pilots: Sequence[UUID], override_note: str) -> Sequence[Offer]:
        """Ask these pilots; with a note one of them, against rules that may be bent."""
        now = timezone.now()
        if not override_note:
            return make_offers(help_request_id=id, pilot_ids=pilots, by=self.reader, now=now)
        if len(pilots) != 1:
            raise RuleViolated("pilot_count", field="pilots", at_most=1)
        return [
            ask_all_the_same(
                help_request_id=id, pilot_id=pilots[0], note=override_note, by=self.reader, now=now
            )
        ]

    @extend_schema(request=None, responses={201: WaveSeriesShown}, methods=["post"])
    @extend_schema(responses=WaveSeriesShown(many=True), methods=["get"])
    @action(detail=True, methods=["get", "post"], scopes=DISPATCH, filterset_class=None)
    def waves(self, request: Request, id: UUID) -> Response:
        """Asking in waves, latest first; POST starts it, and the clock asks on until enough have accepted."""
        if request.method == "POST":
            series = start_waves(help_request_id=id, by=self.reader, now=timezone.now())
            return self.shown(WaveSeriesShown, series, status=201)
        series_of = WaveSeries.objects.filter(help_request=self._for_dispatch(id))
        return self.listed(WaveSeriesShown, series_of.prefetch_related("waves"))

    @extend_schema(request=None, responses=WaveSeriesShown)
    @action(detail=True, methods=["post"], scopes=DISPATCH, url_path="waves/stop")
    def stop_waves(self, request: Request, id: UUID) -> Response:
        """Ask nobody else by itself; offers that are out stay."""
        series = stop_waves(help_request_id=id, by=self.reader, now=timezone.now())
        return self.shown(WaveSeriesShown, series)

    @extend_schema(request=Confirmation, responses={201: AssignmentShown})
    @action(detail=True, methods=["post"], scopes=DISPATCH)
    def confirm(self, request: Request, id: UUID) -> Response:
        """Commission one of the pilots who accepted."""
        offer, now = self.values(Confirmation)["offer"], timezone.now()
        assignment = confirm_assignment(help_request_id=id, offer_id=offer, by=self.reader, now=now)
        return self.shown(AssignmentShown, assignment, status=201, now=now)

    @extend_schema(request=Withdrawal, responses=HelpRequestInFull)
    @action(detail=True, methods=["post"], scopes=("requests", "dispatch"))
    def withdraw(self, request: Request, id: UUID) -> Response:
        """Take the request back; whoever was asked or confirmed is told."""
        withdraw_help_request(
            help_request_id=id, **self.values(Withdrawal), by=self.reader, now=timezone.now()
        )
        return self._in_full(id)

    @extend_schema(request=None, responses=HelpRequestInFull)
    @action(detail=True, methods=["post"], scopes=DISPATCH)
    def close(self, request: Request, id: UUID) -> Response:
        """Say openly that nobody can come."""
        close_unfilled(help_request_id=id, by=self.reader, now=timezone.now())
        return self._in_full(id)

    @extend_schema(responses=EventShown(many=True))
    @action(detail=True, pagination_class=OldestFirst, filterset_class=None)
    def timeline(self, request: Request, id: UUID) -> Response:
        """What happened, oldest first; the asking side sees the steps of the request, the office all of them."""
        help_request = self.visible(id)
        for_office = self._is_of_office(help_request)
        page = self.page(timeline(help_request) if for_office else timeline_of_asking_side(help_request))
        context = {"for_office": for_office, "pilots": pilots_behind(page) if for_office else {}}
        return self.get_paginated_response(EventShown(page, many=True, context=context).data)

    def _for_dispatch(self, id: UUID) -> HelpRequest:
        help_request: HelpRequest = self.visible(id)
        check_may_dispatch(self.reader, help_request)
        return help_request

    def _is_of_office(self, help_request: HelpRequest) -> bool:
        return may(self.reader, Permission.READ_DISPATCH, office_id=help_request.office_id)

    def _in_full(self, id: UUID, *, status: int = 200, opened: bool = False) -> Response:
        help_request = self.visible(id)
        for_office = self._is_of_office(help_request)
        if for_office:
            help_request = with_progress(self.get_queryset()).get(pk=id)
        confidential = (
            details_for_office(help_request, by=self.reader, now=timezone.now()) if opened else None
        )
        return self.shown(
            HelpRequestInFull, help_request, status=status, for_office=for_office, confidential=confidential
        )


def _with_suggestions(run_id: UUID) -> MatchRun:
    suggestions = Suggestion.objects.select_related("pilot")
    return MatchRun.objects.prefetch_related(Prefetch("suggestions", suggestions)).get(pk=run_id)
