"""The routes of whoever administers an office."""

from django.urls import path

from backend.web.views import (
    access_log,
    barriers,
    office_face,
    office_settings,
    office_staff,
    office_texts,
    office_weights,
)

SETTINGS = "leitstelle/einstellungen/"
MEMBER = f"{SETTINGS}mitglieder/<uuid:membership_id>/"
INVITATION = f"{SETTINGS}einladungen/<uuid:invitation_id>/"
TEXT = f"{SETTINGS}texte/<slug:template>/<slug:language>/"

urlpatterns = [
    path("leitstelle/zugriffe/", access_log.access_log, name="access_log"),
    path(SETTINGS, office_settings.settings, name="settings"),
    path(f"{SETTINGS}wellen/", office_settings.waves, name="settings_waves"),
    path(f"{SETTINGS}fristen/", office_settings.periods, name="settings_periods"),
    path(f"{SETTINGS}vorlagen/", office_settings.presets, name="settings_presets"),
    path(f"{SETTINGS}gewichte/", office_weights.weights, name="settings_weights"),
    path(f"{SETTINGS}gewichte/vorschau/", office_weights.preview, name="preview_weights"),
    path(f"{SETTINGS}auftritt/", office_face.look, name="settings_look"),
    path(f"{SETTINGS}auftritt/logo/", office_face.logo, name="change_logo"),
    path(f"{SETTINGS}sprachen/", office_face.languages, name="settings_languages"),
    path(f"{SETTINGS}pflichtseiten/", office_face.legal, name="settings_legal"),
    path(f"{SETTINGS}texte/", office_texts.texts, name="settings_texts"),
    path(TEXT, office_texts.text, name="settings_text"),
    path(f"{TEXT}standard/", office_texts.standard_text, name="standard_text"),
    path(f"{TEXT}vorschau/", office_texts.preview, name="preview_text"),
    path(f"{SETTINGS}barrieren/", barriers.reports, name="barrier_reports"),
    path(f"{SETTINGS}barrieren/<uuid:report_id>/erledigt/", barriers.answer, name="answer_barrier"),
    path(f"{SETTINGS}mitglieder/", office_staff.people, name="settings_people"),
    path(MEMBER, office_staff.member, name="member"),
    path(f"{INVITATION}erneut/", office_staff.invitation_resend, name="resend_invitation"),
    path(f"{INVITATION}zurueckziehen/", office_staff.invitation_revoke, name="revoke_invitation"),
    path(f"{MEMBER}zweiter-schritt/", office_staff.member_reset, name="reset_second_factor"),
    path(f"{MEMBER}rolle/", office_staff.member_role, name="member_role"),
    path(f"{MEMBER}entfernen/", office_staff.member_remove, name="member_remove"),
    path(f"{MEMBER}schliessen/", office_staff.member_close, name="member_close"),
]
