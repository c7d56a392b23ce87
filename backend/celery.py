"""The Celery app and its clock. Rows hold what is due; tasks only look."""

import os
from typing import Any

from celery import Celery
from celery.signals import before_task_publish, setup_logging, task_prerun, worker_shutting_down
from django.conf import settings

from backend import request_ids, stopping

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")

app = Celery("ilos")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Plain seconds, not crontab: Celery's crontab drops the hour that daylight saving repeats.
app.conf.beat_schedule = {
    "fan_out": {"task": "notifications.fan_out", "schedule": settings.TICK_SECONDS},
    "send_due": {"task": "notifications.send_due", "schedule": settings.TICK_SECONDS},
    "heartbeat": {"task": "notifications.heartbeat", "schedule": 30.0},
    "read_bounces": {"task": "notifications.read_bounces", "schedule": 300.0},
    "expire_offers": {"task": "dispatch.expire_offers", "schedule": 60.0},
    "next_wave": {"task": "dispatch.next_wave", "schedule": 30.0},
    # Each hour it looks whether this night's training is done: a beat that was down at night makes up for it.
    "train_acceptance": {"task": "dispatch.train_acceptance", "schedule": 3600.0},
    "end_pauses": {"task": "people.end_pauses", "schedule": 3600.0},
    "forget_idempotency_keys": {"task": "accounts.forget_idempotency_keys", "schedule": 3600.0},
    "forget_drafts": {"task": "dispatch.forget_drafts", "schedule": 3600.0},
    # The same: every few minutes it looks whether this night's run is done, and goes on with it where it is not.
    "retain": {"task": "privacy.retain", "schedule": 300.0},
    "close_unfilled": {"task": "dispatch.close_unfilled", "schedule": 300.0},
}
for entry in app.conf.beat_schedule.values():
    entry["options"] = {"expires": entry["schedule"] * 4}


@setup_logging.connect
def use_django_logging(**kwargs: Any) -> None:
    """Keep Django's log configuration in workers."""
    from logging.config import dictConfig

    dictConfig(settings.LOGGING)


# A line of the worker names the request that woke it; a worker that is asked to leave begins nothing more.
before_task_publish.connect(request_ids.put_on_message, weak=False)
task_prerun.connect(request_ids.take_from_task, weak=False)
worker_shutting_down.connect(stopping.ask, weak=False)
