"""What does the usual way lose? No rows: the message travels in a task, acknowledged when a worker takes it."""

import os
import smtplib
from email.message import EmailMessage

from celery import Celery

app = Celery("plain", broker=os.environ.get("BROKER_URL"), set_as_current=False)


@app.task(name="plain.send")
def send(message_id: str, recipient: str) -> None:
    """Send one message."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = "plain@localhost", recipient, message_id
    mail.set_content("Hello")
    with smtplib.SMTP(os.environ["EMAIL_HOST"], int(os.environ["EMAIL_PORT"])) as server:
        server.send_message(mail)
