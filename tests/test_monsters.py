"""Mails made to choke us, through a real server: memory stays bounded, the mail goes before a person.

Each is delivered together with an ordinary sign-up, which gets its answer all the same.
"""

import io
import os
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.servers.installation import Installation
from tests.servers.mailbox import Mailbox, letter
from tests.servers.sink import Sink

pytestmark = pytest.mark.dovecot

MEGABYTE = 2**20
MOST = 150 * MEGABYTE  # a run with an ordinary mail alone takes some 90 MB
SIGN_UP = "Hiermit melde ich mich zur Zoom-Konferenz am 17. März an."
HEAD = b"From: riese@web.example\r\nTo: a@kaarst.example\r\nMessage-ID: <m@web.example>\r\n"


def attached(kind: str, content: bytes, name: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "riese@web.example", "a@kaarst.example", "Anmeldung"
    mail.set_content(SIGN_UP)
    mail.add_attachment(content, maintype="application", subtype=kind, filename=name)
    return mail.as_bytes()


def fifty_megabytes() -> bytes:
    """A text of fifty megabytes."""
    return HEAD + b"Subject: Anmeldung\r\n\r\n" + (SIGN_UP.encode() + b"\r\n") * (50 * MEGABYTE // 60)


def fifty_megabytes_in_one_line() -> bytes:
    return HEAD + b"Subject: Anmeldung\r\nContent-Type: text/html\r\n\r\n" + b"<div>" * (10 * MEGABYTE)


def a_heavy_attachment() -> bytes:
    return attached("octet-stream", os.urandom(36 * MEGABYTE), "film.mp4")


def a_zip_bomb() -> bytes:
    """Some kilobytes that would be a gigabyte."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a", b"\0" * (256 * MEGABYTE))
    return attached("zip", out.getvalue(), "bombe.zip")


def ten_thousand_nested_parts() -> bytes:
    opened = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(10_000)
    )
    return HEAD + b"Subject: Anmeldung\r\n" + opened + b"\r\n" + SIGN_UP.encode()


def ten_thousand_parts() -> bytes:
    parts = b"--b\r\nContent-Type: text/plain\r\n\r\nIch melde mich an.\r\n" * 10_000
    return HEAD + b'Subject: Anmeldung\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n' + parts


def ten_thousand_mails_in_mails() -> bytes:
    return HEAD + b"Subject: x\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 10_000 + SIGN_UP.encode()


def a_subject_of_five_megabytes() -> bytes:
    return HEAD + b"Subject: " + b"=?utf-8?q?Anmeldung_?= " * (5 * MEGABYTE // 22) + b"\r\n\r\nx"


def a_subject_of_five_megabytes_folded() -> bytes:
    return HEAD + b"Subject: " + b"Anmeldung und mehr\r\n " * (5 * MEGABYTE // 21) + b"x\r\n\r\nx"


def a_hundred_thousand_senders() -> bytes:
    return HEAD[HEAD.index(b"To") :] + b"From: " + b"a@web.example, " * 60_000 + b"b@c.example\r\n\r\nx"


def a_hundred_thousand_headers() -> bytes:
    return HEAD + b"X-A: b\r\n" * 100_000 + b"\r\n" + SIGN_UP.encode()


def a_megabyte_of_one_word() -> bytes:
    return HEAD + b"Subject: Anmeldung\r\n\r\n" + b"Anmeldung" * (MEGABYTE // 9 - 100)


def a_megabyte_of_quotes() -> bytes:
    return (
        HEAD
        + b"Subject: Anmeldung\r\n\r\n"
        + b"> > > > > > > > > Am 1.1.2021 schrieb a@b.example:\r\n" * 19_000
    )


def a_megabyte_of_nested_html() -> bytes:
    head = b"Subject: Anmeldung\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    return HEAD + head + b"<blockquote><table><tr><td>" * 38_000


MONSTERS = [
    fifty_megabytes,
    fifty_megabytes_in_one_line,
    a_heavy_attachment,
    a_zip_bomb,
    ten_thousand_nested_parts,
    ten_thousand_parts,
    ten_thousand_mails_in_mails,
    a_subject_of_five_megabytes,
    a_subject_of_five_megabytes_folded,
    a_hundred_thousand_senders,
    a_hundred_thousand_headers,
    a_megabyte_of_one_word,
    a_megabyte_of_quotes,
    a_megabyte_of_nested_html,
]
READ_WHOLE = {a_zip_bomb, a_heavy_attachment}  # the text is small, and what is attached is not looked at
BELOW_THE_LIMIT = {
    a_hundred_thousand_headers,
    a_hundred_thousand_senders,
    a_megabyte_of_one_word,
    a_megabyte_of_quotes,
    a_megabyte_of_nested_html,
}


def peak_of(installation: Installation, *arguments: str) -> tuple[int, str, int]:
    """Exit code, what was said, and the most memory that it took, in bytes."""
    process = installation.start(*arguments, program=("tests.servers.peak",))
    said, _ = process.communicate(timeout=240)
    said, _, peak = said.rpartition("\npeak ")
    return process.returncode, said, int(peak)


@pytest.mark.parametrize("monster", MONSTERS, ids=lambda monster: monster.__name__)
def test_a_monster_costs_bounded_memory(
    monster: Callable[[], bytes], tmp_path: Path, mailbox: Mailbox, sink: Sink
) -> None:
    """It is dealt with in one run, and the mail behind it is answered."""
    installation = Installation.make(tmp_path, mailbox, sink.port, smtp_login=False)
    mailbox.deliver(monster(), letter("danach", SIGN_UP, "anna@web.example"))
    code, said, peak = peak_of(installation, "run", "--once")
    assert code == 0, said
    assert mailbox.folder("INBOX") == []
    assert len(sink.to("anna@web.example")) == 1
    assert peak < MOST, f"{peak / MEGABYTE:.0f} MB"
    with installation.store() as store:
        told = len(store.attention())
    answered = len(sink.to("riese@web.example"))
    assert answered == 1 if monster in READ_WHOLE else told + answered >= 1
    assert told >= 1 or monster in (*READ_WHOLE, *BELOW_THE_LIMIT)


@pytest.mark.parametrize("monster", MONSTERS[2:], ids=lambda monster: monster.__name__)
def test_explain_reads_it_as_a_file(monster: Callable[[], bytes], tmp_path: Path) -> None:
    """One line, whatever it is; memory in proportion to the file."""
    file = tmp_path / "m.eml"
    file.write_bytes(monster())
    mailbox = Mailbox(1, "a@kaarst.example", "geheim", None)
    installation = Installation.make(tmp_path, mailbox, 1, smtp_login=False)
    code, said, peak = peak_of(installation, "explain", "--json", str(file))
    assert code == 0
    assert said.count("\n") == 1
    assert peak < MOST + 4 * file.stat().st_size, f"{peak / MEGABYTE:.0f} MB"
