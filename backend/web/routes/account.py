"""The routes of everybody's own account, and of the page as an app."""

from django.urls import path

from backend.web.views import (
    calendar_feed,
    consents,
    my_address,
    my_data,
    my_sign_ins,
    my_tokens,
    push,
    ways,
)

urlpatterns = [
    path("meine-daten/", my_data.my_data, name="my_data"),
    path("meine-daten/person/", my_data.save_person, name="save_person"),
    path("meine-daten/sprache/", my_data.save_language, name="save_language"),
    path("meine-daten/adresse/", my_address.my_address, name="my_address"),
    path("meine-daten/anmeldungen/", my_sign_ins.my_sessions, name="my_sessions"),
    path("meine-daten/anmeldungen/andere-beenden/", my_sign_ins.end_others, name="end_other_sessions"),
    path("meine-daten/anmeldungen/<uuid:session_id>/ende/", my_sign_ins.end, name="end_session"),
    path("meine-daten/zugaenge/", my_tokens.my_tokens, name="my_tokens"),
    path("meine-daten/zugaenge/<uuid:token_id>/ende/", my_tokens.revoke, name="revoke_token"),
    path("meine-daten/auskunft/", my_data.export_page, name="my_export"),
    path("meine-daten/auskunft.json", my_data.export_file, name="my_export_file"),
    path("meine-daten/loeschen/", my_data.erase, name="erase_account"),
    path("meine-daten/einwilligung/<slug:kind>/", consents.withdraw, name="withdraw_consent"),
    path("meine-daten/einwilligung/<slug:kind>/geben/", consents.give, name="give_consent"),
    path("meine-daten/geloescht/", my_data.erased, name="erased"),
    path("meine-daten/kalender/", calendar_feed.renew_feed, name="renew_feed"),
    path("meine-daten/kalender/schliessen/", calendar_feed.end_feed, name="end_feed"),
    path("meine-daten/geraete/", push.subscribe, name="subscribe_to_push"),
    path("meine-daten/geraete/<uuid:subscription_id>/ende/", push.unsubscribe, name="end_push"),
    path("meine-daten/sms/", ways.name_number, name="name_sms"),
    path("meine-daten/sms/code/", ways.prove_number, name="prove_sms"),
    path("meine-daten/sms/ende/", ways.end_texting, name="end_sms"),
    path("meine-daten/nachrichten/", ways.choose, name="choose_messages"),
    path("meine-daten/adresse-geht/", ways.trust_address, name="trust_address"),
    path("abmelden/<str:token>/", ways.unsubscribe, name="unsubscribe"),
    path("kalender/<str:secret>.ics", calendar_feed.calendar_feed, name="calendar_feed"),
    path("manifest.webmanifest", push.manifest, name="manifest"),
    path("sw.js", push.service_worker, name="service_worker"),
    path("offline/", push.offline, name="offline"),
]
