"""The routes of whoever asks for a pilot."""

from django.urls import path

from backend.web.views import requester, team

urlpatterns = [
    path("anfragen/", requester.my_requests, name="my_requests"),
    path("anfragen/neu/", requester.new_request, name="new_request"),
    path("anfragen/<uuid:help_request_id>/", requester.request_detail, name="request"),
    path("anfragen/<uuid:help_request_id>/zurueckziehen/", requester.withdraw, name="withdraw"),
    path("team/", team.team, name="team"),
]
