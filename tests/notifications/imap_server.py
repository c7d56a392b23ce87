"""A mailbox on this machine that speaks as much IMAP4rev1 (RFC 3501) as is needed to fetch mails and delete them."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class ImapServer:
    """`mails` by uid with their flags; `password` opens it; `said` are the commands, without the sign-in."""

    port: int = 0
    password: str = "geheim"
    mails: dict[int, tuple[bytes, set[str]]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"imap+plain://rueck%40ilos.example:{self.password}@127.0.0.1:{self.port}/INBOX"

    def put(self, raw: bytes) -> int:
        uid = max(self.mails, default=0) + 1
        self.mails[uid] = (raw, set())
        return uid


class Handler(socketserver.StreamRequestHandler):
    mailbox: ImapServer

    def handle(self) -> None:
        self.say("* OK IMAP4rev1 ready")
        while line := self.rfile.readline().decode().strip():
            tag, _space, command = line.partition(" ")
            if not self.obey(tag, command):
                return

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def obey(self, tag: str, command: str) -> bool:
        words, mails = command.upper(), self.mailbox.mails
        if words.startswith("LOGIN"):
            right = command.endswith((f'"{self.mailbox.password}"', f" {self.mailbox.password}"))
            self.say(f"{tag} OK in" if right else f"{tag} NO wrong")
            return True
        self.mailbox.said.append(command)
        if words.startswith("CAPABILITY"):
            self.say("* CAPABILITY IMAP4rev1")
        elif words.startswith("SELECT"):
            self.say(f"* {len(mails)} EXISTS")
        elif words.startswith("UID SEARCH UNSEEN"):
            self.say(
                "* SEARCH " + " ".join(str(uid) for uid, (_, flags) in mails.items() if "\\Seen" not in flags)
            )
        elif fetched := re.fullmatch(
            r"UID FETCH (\d+) \((RFC822\.SIZE|BODY\.PEEK\[\])\)", command, re.IGNORECASE
        ):
            uid = int(fetched[1])
            raw = mails[uid][0]
            if fetched[2].upper() == "RFC822.SIZE":
                self.say(f"* 1 FETCH (UID {uid} RFC822.SIZE {len(raw)})")
            else:
                self.wfile.write(b"* 1 FETCH (UID %d BODY[] {%d}\r\n%s)\r\n" % (uid, len(raw), raw))
        elif stored := re.fullmatch(r"UID STORE (\d+) \+FLAGS\.SILENT \((.*)\)", command, re.IGNORECASE):
            mails[int(stored[1])][1].update(stored[2].split())
        elif words.startswith("EXPUNGE"):
            for uid in [uid for uid, (_, flags) in mails.items() if "\\Deleted" in flags]:
                del mails[uid]
        elif words.startswith("LOGOUT"):
            self.say("* BYE")
            self.say(f"{tag} OK bye")
            return False
        self.say(f"{tag} OK done")
        return True


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


@contextmanager
def running() -> Iterator[ImapServer]:
    mailbox = ImapServer()
    with Server(("127.0.0.1", 0), type("Bound", (Handler,), {"mailbox": mailbox})) as server:
        mailbox.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield mailbox
        finally:
            server.shutdown()
            thread.join()
