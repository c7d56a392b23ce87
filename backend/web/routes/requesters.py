"""The routes of whoever asks for a pilot."""

from django.urls import path

from backend.web.views import requester, team, writing

urlpatterns = [
    path("anfragen/", requester.my_requests, name="my_requests"),
    path("anfragen/neu/", writing.new_request, name="new_request"),
    path("anfragen/entwurf/<uuid:draft_id>/", writing.check, name="check_request"),
    path("anfragen/entwurf/<uuid:draft_id>/loeschen/", writing.drop, name="drop_draft"),
    path("anfragen/<uuid:help_request_id>/", requester.request_detail, name="request"),
    path("anfragen/<uuid:help_request_id>/aendern/", writing.change, name="change_request"),
    path("anfragen/<uuid:help_request_id>/zurueckziehen/", requester.withdraw, name="withdraw"),
    path("team/", team.team, name="team"),
    path("team/einladungen/<uuid:invitation_id>/erneut/", team.resend, name="resend_to_colleague"),
    path("team/einladungen/<uuid:invitation_id>/zurueckziehen/", team.revoke, name="revoke_of_colleague"),
]
