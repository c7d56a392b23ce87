"""The routes of the REST API."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from backend.api.views.acceptance import AcceptanceVersionViews
from backend.api.views.access_log import AccessLogViews
from backend.api.views.assignments import AssignmentViews
from backend.api.views.availability import AbsenceViews, AvailabilityViews
from backend.api.views.codes import CodeViews
from backend.api.views.deliveries import DeliveryViews
from backend.api.views.feasibility import FeasibilityViews
from backend.api.views.help_requests import HelpRequestViews
from backend.api.views.help_seekers import HelpSeekerViews
from backend.api.views.me import MeViews
from backend.api.views.members import MemberViews
from backend.api.views.offers import OfferViews
from backend.api.views.offices import OfficeViews
from backend.api.views.organisations import OrganisationViews
from backend.api.views.pilots import PilotViews
from backend.api.views.plans import PlanViews
from backend.api.views.tokens import TokenViews
from backend.api.views.unknown import UnknownRoute
from backend.api.views.vetoes import VetoViews

app_name = "api"

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("pilots", PilotViews, basename="pilot")
router.register("help-seekers", HelpSeekerViews, basename="help-seeker")
router.register("help-requests", HelpRequestViews, basename="help-request")
router.register("offers", OfferViews, basename="offer")
router.register("plans", PlanViews, basename="plan")
router.register("assignments", AssignmentViews, basename="assignment")
router.register("organisations", OrganisationViews, basename="organisation")
router.register("offices", OfficeViews, basename="office")
router.register("members", MemberViews, basename="member")
router.register("acceptance-versions", AcceptanceVersionViews, basename="acceptance-version")
router.register("access-log", AccessLogViews, basename="access")
router.register("deliveries", DeliveryViews, basename="delivery")
router.register("tokens", TokenViews, basename="token")

week = AvailabilityViews.as_view({"get": "retrieve", "put": "update"})
absences = AbsenceViews.as_view({"get": "list", "post": "create"})

v1 = [
    *router.urls,
    path("availability", week, name="own-availability"),
    path("pilots/<uuid:pilot_id>/availability", week, name="availability"),
    path("absences", absences, name="own-absences"),
    path("absences/<uuid:id>", AbsenceViews.as_view({"delete": "destroy"}), name="absence"),
    path("pilots/<uuid:pilot_id>/absences", absences, name="absences"),
    path("vetoes/<uuid:id>", VetoViews.as_view({"delete": "destroy"}), name="veto"),
    path(
        "pilots/<uuid:pilot_id>/vetoes", VetoViews.as_view({"get": "list", "post": "create"}), name="vetoes"
    ),
    path("me", MeViews.as_view({"get": "retrieve", "patch": "partial_update"}), name="me"),
    path("feasibility", FeasibilityViews.as_view({"post": "look_up"}), name="feasibility"),
    path("languages", CodeViews.as_view({"get": "languages"}), name="languages"),
    path("topics", CodeViews.as_view({"get": "topics"}), name="topics"),
    path("places", CodeViews.as_view({"get": "places"}), name="places"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    # The page's script comes from an address of its own, so that the site's strict content policy holds here too.
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(template_name="api/docs.html", url_name="api:schema"),
        name="docs",
    ),
]
urlpatterns = [
    path("v1/", include(v1)),
    re_path("", UnknownRoute.as_view(), name="unknown"),
]
