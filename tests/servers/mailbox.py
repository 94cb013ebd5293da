"""A mailbox of a test's own on one of the servers, looked at as another mail program would."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from imap_tools import MailBox, MailBoxUnencrypted
from imap_tools.mailbox import BaseMailBox
from pydantic import SecretStr

from mailflow.settings import FolderSettings, MailboxSettings


@dataclass
class Mailbox:
    """Where it is, and who may open it."""

    port: int
    user: str
    password: str
    ca_file: Path | None  # None: no TLS
    security: str = "tls"
    login_port: int = 0  # where the test itself logs in (TLS); 0: the same

    def settings(self, **changes: object) -> MailboxSettings:
        """What Mailflow gets in its configuration."""
        values: dict[str, object] = {
            "host": "127.0.0.1",
            "port": self.port,
            "security": self.security if self.ca_file else "none",
            "ca_file": self.ca_file,
            "user": self.user,
            "password": SecretStr(self.password),
            "folders": FolderSettings(),
        }
        return MailboxSettings.model_validate(values | changes)

    def open(self) -> BaseMailBox:
        """A connection of our own."""
        port = self.login_port or self.port
        if self.ca_file is None:
            box: BaseMailBox = MailBoxUnencrypted("127.0.0.1", port, timeout=20)
        else:
            context = ssl.create_default_context(cafile=str(self.ca_file))
            box = MailBox("127.0.0.1", port, timeout=20, ssl_context=context)
        return box.login_utf8(self.user, self.password)

    def deliver(self, *mails: bytes, when: datetime | None = None, folder: str = "INBOX") -> None:
        """Put mails there as a delivery would."""
        box = self.open()
        for raw in mails:
            box.append(raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), folder, when or datetime.now(UTC))
        box.logout()

    def folder(self, name: str) -> list[bytes]:
        """The raw mails in a folder, in order; [] where there is none."""
        box = self.open()
        try:
            if name != "INBOX" and not box.folder.exists(name):
                return []
            box.folder.set(name, readonly=True)
            uids = box.uids(charset=None)
            return [box.client.uid("FETCH", uid, "(BODY.PEEK[])")[1][0][1] for uid in uids]
        finally:
            box.logout()

    def flags(self, name: str = "INBOX") -> list[tuple[str, ...]]:
        """The flags of each mail in a folder."""
        box = self.open()
        box.folder.set(name, readonly=True)
        flags = [mail.flags for mail in box.fetch(mark_seen=False, headers_only=True)]
        box.logout()
        return flags


def letter(subject: str, text: str = "Guten Tag", sender: str = "anna@web.example") -> bytes:
    """A small plain mail."""
    return (
        f"From: {sender}\r\nTo: kennenlernen@diakonie.example\r\nSubject: {subject}\r\n"
        f"Message-ID: <{subject}@web.example>\r\nDate: Mon, 01 Mar 2021 10:00:00 +0100\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    ).encode()
