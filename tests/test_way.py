"""Whatever comes in, `explain` has its line; what goes out is a mail to one person with the headers meant."""

import random
from email.header import Header

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.answers import OFFICE
from tests.fuzz.way import mails, walk

BODY = "Hiermit melde ich mich zur Zoom-Konferenz am 17. März an."
ALL = tuple(mails())
FEW = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ODD = st.one_of(
    st.text(max_size=120),
    st.sampled_from(
        [
            "{{ access.passcode }}",
            "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
            "a\r\nBcc: opfer@web.example",
            "=?utf-8?q?a=0D=0ABcc=3A_opfer=40web.example?=",
            "\u202egnp.exe\u202c \u200f\u2066",
            "x" * 10_000,
            '=HYPERLINK("https://boese.example")',
            "../../../etc/passwd",
            "/etc/hostname",
            "https://boese.example/login",
            "\x00\x1b[31m\x07\x9b",
            "Opfer <opfer@web.example>, Noch eins",
            "\ud83d",
        ]
    ),
)
HEADERS = (
    *("From", "To", "Cc", "Reply-To", "Sender", "Subject", "Date", "Message-ID", "In-Reply-To", "References"),
    *("Content-Type", "Content-Transfer-Encoding", "MIME-Version", "Return-Path", "Authentication-Results"),
    *("Auto-Submitted", "X-Any", "Content-Disposition", "Resent-From", "Bcc"),
)


@FEW
@given(st.binary(max_size=2_000))
def test_any_bytes_are_a_mail(raw: bytes) -> None:
    walk(raw)


@FEW
@given(st.lists(st.tuples(st.sampled_from(HEADERS), ODD), max_size=12), ODD)
def test_any_header_values(headers: list[tuple[str, str]], body: str) -> None:
    """As raw UTF-8, as it comes from programs that do not care."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    walk(f"{head}\r\n{body}".encode("utf-8", "surrogatepass"))


@FEW
@given(ODD)
@example("Anna, Bcc: opfer@web.example")
def test_any_name_in_from(name: str) -> None:
    """Encoded as mail programs do: the answer goes to the address, the name does no harm."""
    clean = name.encode("utf-8", "replace").decode()
    coded = Header(clean.replace("\r", " ").replace("\n", " ") or "x", "utf-8").encode(linesep="")
    trial = walk(f"From: {coded} <renate@web.example>\r\nSubject: Anmeldung\r\n\r\n{BODY}".encode())
    if len(name) > 1_000 and not trial.answer:  # a header longer than any mail program writes
        assert trial.plan.attention
        return
    assert trial.answer
    assert trial.answer.to == "renate@web.example"
    check_harmless(trial.answer.raw.decode(), trial.answer.text)


@FEW
@given(ODD)
def test_any_name_in_the_text(name: str) -> None:
    """The signature: whatever stands there, it is no syntax, no link and no address in the answer."""
    text = f"{BODY}\n\nViele Grüße\n{name}\n"
    head = "From: renate@web.example\r\nSubject: Anmeldung\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    trial = walk((head + text).encode("utf-8", "replace"))
    if trial.answer:
        check_harmless(trial.answer.raw.decode(), trial.answer.text)


def check_harmless(raw: str, text: str) -> None:
    """Nothing of a name became a header, a link, an address, an order of letters or a template's work."""
    assert "opfer@web.example" not in raw
    assert "boese.example" not in text.replace("boese. example", "")
    assert "__class__" not in text or "subclasses" in text  # cut, but never run
    assert "<class" not in text
    assert text.count(OFFICE.access.passcode) <= 1
    assert "\u202e" not in text
    assert all(
        sign.isprintable() or sign in "\n\u2066\u2067\u2068\u2069\u200e\u200f\u200c\u200d" for sign in text
    )


@pytest.mark.parametrize(
    ("sender", "to"),
    [
        ("Freunde: anna@web.example;", "anna@web.example"),
        ("Freunde: a@web.example, b@web.example;", None),
        ("(Kommentar) anna@web.example (noch einer)", "anna@web.example"),
        ("a@web.example, b@web.example", None),
        ('"a@boese.example" <anna@web.example>', "anna@web.example"),
        ("anna@web.example <other@web.example>", "other@web.example"),
        ("undisclosed-recipients:;", None),
        ("<anna@web.example", "anna@web.example"),
        ("anna@@web.example", None),
        ("anna@web.example\u202e", "anna@web.example"),
    ],
)
def test_groups_comments_and_several_senders(sender: str, to: str | None) -> None:
    """One plain address gets an answer; where there is none or more than one, a person looks."""
    trial = walk(f"From: {sender}\r\nSubject: Anmeldung\r\n\r\n{BODY}".encode())
    if to is None:
        assert trial.answer is None
        assert trial.plan.attention or trial.trouble
    else:
        assert trial.answer
        assert trial.answer.to == to


def mutated(raw: bytes, chance: random.Random) -> bytes:
    """The mail with some accidents: bytes lost, doubled, changed, moved, parts of another mail in between."""
    out = bytearray(raw)
    for _ in range(chance.randint(1, 12)):
        at, other = chance.randrange(len(out) + 1), chance.choice(ALL)
        length = chance.choice([1, 2, 5, 40, 300])
        match chance.randrange(7):
            case 0:
                del out[at : at + length]
            case 1:
                out[at:at] = out[at : at + length] * chance.randint(1, 4)
            case 2:
                out[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 6)))
            case 3:
                start = chance.randrange(len(other))
                out[at:at] = other[start : start + length * 3]
            case 4:
                out = bytearray(
                    bytes(out).replace(b"\n", chance.choice([b"\r", b"\r\n", b"\n\n", b"\x00\n"]))
                )
            case 5:
                out = out[:at] if chance.random() < 0.2 else out[at:] + out[:at]
            case _:
                out[at:at] = chance.choice(
                    [b"\r\n\r\n", b"=?utf-8?b?", b"?=", b"--b--", b"\xff\xfe", b"=", b'"']
                )
    return bytes(out)


@pytest.mark.parametrize("seed", range(8))
def test_mails_with_accidents(seed: int) -> None:
    """Real shapes of mail, broken in many ways; 40 of them each."""
    chance = random.Random(seed)
    for _ in range(40):
        walk(mutated(chance.choice(ALL), chance))
