"""`run -v` shows the talk with both servers, and nothing of what is secret in it."""

import pytest

from mailflow.wire import imap_said, smtp_said
from tests.servers.dovecot import Dovecot
from tests.servers.installation import Installation
from tests.servers.mailbox import Mailbox, letter
from tests.servers.sink import Sink

IMAP = [
    (b"KDLA7 UID FETCH 3:4 (UID BODY.PEEK[])\r\n", b"KDLA7 UID FETCH 3:4 (UID BODY.PEEK[])"),
    (b'KDLA2 LOGIN anna "geheim"\r\n', b"KDLA2 LOGIN"),
    (b"KDLA2 AUTHENTICATE PLAIN AGFubmE=\r\n", b"KDLA2 AUTHENTICATE"),
    (b"AGFubmEAZ2VoZWlt\r\n", b"(18 bytes)"),
    (b"DONE\r\n", b"DONE"),
    (b"From: anna@web.example\r\nSubject: x\r\n", b"(36 bytes)"),
]
SMTP = [
    (b"EHLO [127.0.0.1]\r\n", b"EHLO [127.0.0.1]\r\n"),
    (b"AUTH PLAIN AGFubmE=\r\n", b"AUTH PLAIN\r\n"),
    (b"AGFubmEAZ2VoZWlt\r\n", b"(18 bytes)"),
    (
        b"MAIL FROM:<a@b.example> SIZE=7\r\nRCPT TO:<anna@web.example>\r\nDATA\r\n",
        "MAIL FROM:<…> SIZE=7\r\nRCPT TO:<…>\r\nDATA\r\n".encode(),
    ),
    (b"DATA is what Anna wrote\r\nGuten Tag\r\n.\r\n", b"(39 bytes)"),
]


@pytest.mark.parametrize(("sent", "seen"), IMAP)
def test_what_is_seen_of_our_imap(sent: bytes, seen: bytes) -> None:
    assert imap_said(sent).replace(b"\r", b"") == seen.replace(b"\r", b"")


@pytest.mark.parametrize(("sent", "seen"), SMTP)
def test_what_is_seen_of_our_smtp(sent: bytes, seen: bytes) -> None:
    assert smtp_said(sent).replace(b"\r", b"") == seen.replace(b"\r", b"")


@pytest.mark.dovecot
def test_a_whole_conversation(installation: Installation, mailbox: Mailbox, relay: Sink) -> None:
    """Over Dovecot's IMAP and its submission service with login; nothing personal, no password."""
    mailbox.deliver(
        letter("Betreffzeile", "Ich melde mich zur Zoom-Konferenz an.\r\nAnna Muster", "anna@web.example")
    )
    code, said = installation.run("run", "--once", "-v")
    assert code == 0, said
    for word in (
        "imap > ",
        "UID FETCH",
        "imap < ",
        "smtp > ehlo",
        "smtp > AUTH",
        "smtp > RCPT TO:<…>",
        "250",
    ):
        assert word in said
    talk = "\n".join(
        line for line in said.splitlines() if line[:6] in ("imap >", "imap <", "smtp >", "smtp <")
    )
    for word in ("Betreffzeile", "Anna", "anna", "melde", mailbox.password, "Zugangsdaten", "kaarst21"):
        assert word not in talk
    quiet = installation.run("run", "--once")[1]
    assert "imap" not in quiet


@pytest.fixture
def installation(
    tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox, dovecot: Dovecot
) -> Installation:
    return Installation.make(tmp_path_factory.mktemp("work"), mailbox, dovecot.submission)
