"""The routes of whoever administers an office."""

from django.urls import path

from backend.web.views import office_settings

urlpatterns = [
    path("leitstelle/einstellungen/", office_settings.settings, name="settings"),
    path("leitstelle/einstellungen/einladen/", office_settings.invite_member, name="invite_member"),
    path(
        "leitstelle/einstellungen/mitglieder/<uuid:membership_id>/rolle/",
        office_settings.member_role,
        name="member_role",
    ),
    path(
        "leitstelle/einstellungen/mitglieder/<uuid:membership_id>/entfernen/",
        office_settings.member_remove,
        name="member_remove",
    ),
    path(
        "leitstelle/einstellungen/mitglieder/<uuid:membership_id>/schliessen/",
        office_settings.member_close,
        name="member_close",
    ),
]
