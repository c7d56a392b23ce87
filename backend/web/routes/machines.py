"""The routes of the demo and of machines."""

from django.urls import path

from backend.web.views import health, mailbox, metrics, sms_replies

urlpatterns = [
    path("mailbox/", mailbox.inbox, name="mailbox"),
    path("mailbox/messages.json", mailbox.messages_json, name="mailbox_messages"),
    path("mailbox/<str:name>/", mailbox.letter, name="mailbox_letter"),
    path("mailbox/<str:name>/html/", mailbox.letter_html, name="mailbox_html"),
    path("mailbox/<str:name>/anhang/<int:number>/", mailbox.attachment, name="mailbox_attachment"),
    path("metrics", metrics.metrics, name="metrics"),
    path("sms/<str:secret>/", sms_replies.receive, name="sms_replies"),
    path("healthz/live", health.live, name="live"),
    path("healthz/ready", health.ready, name="ready"),
    path("healthz/delivery", health.delivery, name="delivery"),
]
