"""Giant mails on a real server: what is to be read comes, what is heavy is only named."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.inbox import Inbox
from mailflow.inbox.giants import TEXT, choose, put_together
from mailflow.inbox.structure import Part, read_structure
from mailflow.letter import read_letter
from mailflow.model import Letter, Mail
from tests.servers.mailbox import Mailbox

pytestmark = pytest.mark.dovecot
SIGN_UP = "Guten Tag,\r\nhiermit melde ich mich an. Im Anhang ein Plan für Rückfragen.\r\nJörg Müller\r\n"
STATUS = (
    b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
    b"Final-Recipient: rfc822; a@web.example\r\nAction: failed\r\n"
)


def giant(text: str = SIGN_UP, *, html: bool = False, files: int = 1, size: int = 2 * 2**20) -> EmailMessage:
    """A mail with heavy attachments."""
    mail = EmailMessage()
    mail["From"] = "Jörg Müller <joerg@web.example>"
    mail["To"] = "kennenlernen@diakonie.example"
    mail["Subject"] = "Anmeldung für zwei"
    mail["Message-ID"] = "<giant@web.example>"
    mail["Date"] = "Mon, 01 Mar 2021 10:00:00 +0100"
    mail.set_content(text, charset="iso-8859-1", cte="quoted-printable")
    if html:
        mail.add_alternative(f"<p>{text}</p>", subtype="html")
    for number in range(files):
        mail.add_attachment(b"\0" * size, "application", "pdf", filename=f"Plan für {number}.pdf")
    return mail


def fetched(mailbox: Mailbox, *mails: EmailMessage) -> list[Mail]:
    mailbox.deliver(*(bytes(mail) for mail in mails))
    inbox = Inbox(mailbox.settings(), 30)
    inbox.connect()
    try:
        return inbox.fetch()
    finally:
        inbox.close()


def texts(letter: Letter) -> str:
    return letter.text.replace("\r\n", "\n").strip()


@pytest.mark.parametrize("html", [False, True])
def test_the_text_comes_whole_and_the_attachments_by_name(html: bool, mailbox: Mailbox) -> None:
    """It reads as the original does, weighs next to nothing, and needs no person's look."""
    mail = giant(html=html, files=2)
    (got,) = fetched(mailbox, mail)
    letter = read_letter(got.raw)
    assert texts(letter) == SIGN_UP.replace("\r\n", "\n").strip()
    assert letter.attachments == ("Plan für 0.pdf", "Plan für 1.pdf")
    assert (letter.subject, letter.message_id) == ("Anmeldung für zwei", "<giant@web.example>")
    assert letter.sender
    assert letter.sender.addr == "joerg@web.example"
    assert len(got.raw) < 5000
    assert got.whole == 0


def test_the_text_behind_a_heavy_attachment_is_found(mailbox: Mailbox) -> None:
    mail = giant("", files=1)
    note = EmailMessage()
    note.set_content(SIGN_UP)
    mail.attach(note)
    (got,) = fetched(mailbox, mail)
    assert "melde ich mich an" in read_letter(got.raw).text


def test_a_forwarded_giant_is_not_loaded(mailbox: Mailbox) -> None:
    """Of a mail inside the mail only the headers come; its words are not the writer's."""
    mail = giant("Ich melde mich an.\r\n", files=0)
    mail.add_attachment(giant("Ich sage ab.\r\n"))
    (got,) = fetched(mailbox, mail)
    letter = read_letter(got.raw)
    assert "sage ab" not in letter.text
    assert "melde mich an" in letter.text
    assert len(got.raw) < 5000


def test_a_bounce_with_the_giant_it_returns_is_still_a_bounce(mailbox: Mailbox) -> None:
    report = EmailMessage()
    report["From"] = "MAILER-DAEMON@mx.example"
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Message-ID"] = "<dsn@mx.example>"
    report.set_content("Your mail could not be delivered.\r\n")
    report.make_mixed()
    report.attach(message_from_bytes(STATUS, policy=default))
    report.add_attachment(giant())
    report.replace_header("Content-Type", report["Content-Type"].replace("mixed", "report"))
    report.set_param("report-type", "delivery-status")
    (got,) = fetched(mailbox, report)
    letter = read_letter(got.raw)
    assert "Final-Recipient: rfc822; a@web.example" in letter.delivery_status
    assert "<giant@web.example>" in letter.returned


@pytest.mark.parametrize(
    "mail",
    [
        giant(size=11 * 2**20),  # very large
        giant("Ich melde mich an.\r\n" + "x\r\n" * TEXT),  # much to read
    ],
)
def test_what_is_too_large_goes_before_a_person(mail: EmailMessage, mailbox: Mailbox) -> None:
    (got,) = fetched(mailbox, mail)
    assert got.whole > 2**20
    assert "melde ich mich an" in read_letter(got.raw).text.lower() or "melde mich an" in got.raw.decode()


def test_a_subject_of_five_megabytes(mailbox: Mailbox) -> None:
    """The header is cut too; the text is found all the same."""
    mail = bytes(giant(size=10)).replace(b"Subject: ", b"Subject: " + b"sehr \r\n " * 700_000, 1)
    mailbox.deliver(mail)
    inbox = Inbox(mailbox.settings(), 30)
    inbox.connect()
    (got,) = inbox.fetch()
    inbox.close()
    assert len(got.raw) < 2**18
    assert "melde ich mich an" in read_letter(got.raw).text


def test_thousands_of_parts(mailbox: Mailbox) -> None:
    """The first ones are named; no more is asked for."""
    mail = giant(files=2000, size=500)
    (got,) = fetched(mailbox, mail)
    letter = read_letter(got.raw)
    assert "melde ich mich an" in letter.text
    assert 0 < len(letter.attachments) <= 60


def test_the_same_mail_is_the_same_each_time(mailbox: Mailbox) -> None:
    """Its identity does not depend on when it was fetched."""
    mail = giant()
    first, second = fetched(mailbox, mail, mail)
    assert read_letter(first.raw).digest == read_letter(second.raw).digest


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        (b'1 (UID 5 BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 10 1))', ()),
        (b"1 (UID 5 FLAGS (\\Seen))", ()),
        (b"1 (UID 5 BODYSTRUCTURE (((", ()),
        (
            b'1 (BODYSTRUCTURE (("TEXT" "HTML" ("CHARSET" "x)") NIL NIL "8BIT" 7 1)("IMAGE" "PNG" '
            b'("NAME" "a \\"b\\" (1).png") NIL NIL "BASE64" 99 NIL ("ATTACHMENT" NIL)) "MIXED") UID 5)',
            (Part("1", "text/html", 7, attached=False), Part("2", "image/png", 99, attached=True)),
        ),
    ],
)
def test_structures(line: bytes, parts: tuple[Part, ...]) -> None:
    assert read_structure(line) == parts


@given(st.text(alphabet='()" \\aTEXTPLAINMIXED019', max_size=300))
def test_no_structure_makes_it_stumble(text: str) -> None:
    """Whatever the server says, something can be put together from it."""
    order = choose(read_structure(b"1 (BODYSTRUCTURE ((" + text.encode()))
    read_letter(put_together(order, {}))


def test_deep_nesting_is_harmless() -> None:
    assert read_structure(b"1 (BODYSTRUCTURE " + b"(" * 100_000) == ()
