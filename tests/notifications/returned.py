"""Mails as mail servers return them, written after RFC 3462, 3464, 3798 and 3834."""

REPORT = """\
From: MAILER-DAEMON@mail.example
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

This is a MIME-encapsulated message.

--=_b
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example
X-Queue-ID: 4XYZ
Arrival-Date: Mon, 2 Nov 2026 09:00:00 +0000

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.mail.example
Diagnostic-Code: smtp; {words}

--=_b
Content-Type: {returned_as}

{returned}
--=_b--
"""
HEADERS = """\
Return-Path: <rueck@ilos.example>
From: ILOS <ilos@ilos.example>
To: {recipient}
Message-ID: {message_id}
Subject: x
"""


def a_report(
    message_id: str, recipient: str, *, to: str = "rueck@ilos.example", action: str = "failed",
    status: str = "5.1.1", words: str = "550 5.1.1 user unknown", returned_as: str = "message/rfc822",
) -> bytes:  # fmt: skip
    """A report on one recipient, with the returned message's headers."""
    returned = HEADERS.format(recipient=recipient, message_id=message_id) + "\nHello\n"
    return (
        REPORT.format(
            to=to, recipient=recipient, action=action, status=status, words=words,
            returned_as=returned_as, returned=returned,
        ).replace("\n", "\r\n").encode()
    )  # fmt: skip


# Not a report: somebody is away (RFC 3834), and says so to our return path.
AWAY = b"""\
From: ana@ana.example\r
To: rueck@ilos.example\r
Subject: Abwesend\r
Auto-Submitted: auto-replied\r
\r
Ich bin im Urlaub.\r
"""
# A receipt (RFC 8098) is a report of another type.
RECEIPT = b"""\
To: rueck@ilos.example\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=disposition-notification; boundary="b"\r
\r
--b\r
Content-Type: message/disposition-notification\r
\r
Final-Recipient: rfc822;ana@ana.example\r
Disposition: automatic-action/MDN-sent-automatically; displayed\r
\r
--b--\r
"""
