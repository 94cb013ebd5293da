"""A real IMAP server (pymap) and a real SMTP server (aiosmtpd), on loopback, for as long as the demo runs."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from imap_tools import MailBoxUnencrypted

from mailflow.errors import MailflowError

HOST, USER, PASSWORD = "127.0.0.1", "kennenlernen@kaarst.example", "nur-fuer-die-vorfuehrung"
_PATIENCE = 30  # seconds until a server must answer


@contextmanager
def imap_server() -> Iterator[int]:
    """An empty mailbox of USER; the port it listens on."""
    port = _free_port()
    arguments = ["--host", HOST, "--port", str(port), "--no-tls", "dict"]
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from pymap.main import main; main()",
            *arguments,
            "--demo-user",
            USER,
            "--demo-password",
            PASSWORD,
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(_PATIENCE)


@contextmanager
def smtp_server(folder: Path) -> Iterator[int]:
    """Takes every mail and writes it to `folder`, as .eml and readable as .txt; the port it listens on."""
    from aiosmtpd.controller import Controller

    controller = Controller(_Shelf(folder), hostname=HOST, port=_free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def deliver(raw: bytes, port: int, when: datetime) -> None:
    """Put a mail into the mailbox, as a delivery at that moment would."""
    with MailBoxUnencrypted(HOST, port, timeout=_PATIENCE).login(USER, PASSWORD) as box:
        box.append(raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), "INBOX", when)


class _Shelf:
    """What aiosmtpd hands each mail to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        self._count += 1
        file = self._folder / f"{self._count:02} an {envelope.rcpt_tos[0]}.eml"
        file.write_bytes(envelope.content)
        file.with_suffix(".txt").write_text(_readable(envelope.content), "utf-8")
        return "250 OK"


def _readable(raw: bytes) -> str:
    message = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    body = message.get_body(("plain",))
    head = "\n".join(f"{name}: {message[name]}" for name in ("From", "To", "Subject", "Date"))
    return f"{head}\n\n{body.get_content() if body else ''}"


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as free:
        port: int = free.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
            return
        except OSError as error:
            if process.poll() is not None or time.monotonic() > end:
                raise MailflowError("Der IMAP-Server der Vorführung kommt nicht in Gang.") from error
            time.sleep(0.05)
