"""How is each feature of the acceptance model called?"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FEATURE_LABELS: Mapping[str, Promise] = {
    "distance": _("distance"),
    "distance_of_reach": _("distance as a share of the own reach"),
    "remote": _("by phone or video"),
    "lead_time": _("time until the appointment"),
    "early": _("before 9 o'clock"),
    "afternoon": _("in the afternoon"),
    "late": _("from 4 p.m. on"),
    "weekend": _("on a weekend"),
    "duration": _("length of the appointment"),
    "dates": _("number of dates to choose from"),
    "urgent": _("urgent"),
    "topic_wished": _("topic is wished for"),
    "topic_sessions": _("experience with the topic"),
    "continuity": _("earlier appointments together"),
    "sessions_90d": _("appointments within 90 days"),
    "messages_7d": _("questions within 7 days"),
    "messages_28d": _("questions within 28 days"),
    "yes_share": _("share of yes among earlier answers"),
    "unanswered_share": _("share of earlier questions without an answer"),
    "days_since_asked": _("time since the last question"),
    "active_months": _("time as a pilot"),
}
