"""Any bytes are a letter: reading and splitting never raise and never take more than they are given."""

import tomllib
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.letter import read_letter
from mailflow.letter.addresses import read_addresses
from mailflow.letter.charsets import decode_text
from mailflow.letter.headers import (
    decode_parameter,
    decode_value,
    read_date,
    read_message_id,
    read_message_ids,
)
from mailflow.letter.html_text import read_markup
from mailflow.model import Letter, Passage
from mailflow.rules.layout import LayoutFile, compile_layout
from mailflow.understand.own_words import split_pieces

RULES = Path(__file__).parent.parent / "rules" / "layout"
LAYOUT = compile_layout(
    {
        path.stem: LayoutFile.model_validate(tomllib.loads(path.read_text("utf-8")))
        for path in RULES.glob("*.toml")
    }
)

SHREDS = [
    *(b"From: ", b"To: ", b"Subject: ", b"Date: ", b"Message-ID: ", b"Content-Type: ", b"References: "),
    *(
        b"multipart/mixed; boundary=",
        b"multipart/alternative; boundary=b",
        b"text/html; charset=",
        b"\r\n\r\n",
    ),
    *(
        b"--b\r\n",
        b"--b--\r\n",
        b"b\r\n",
        b"\n",
        b"\r\n ",
        b"\t",
        b"\x00",
        b"\xff\xfe",
        b"utf-8",
        b"idna",
        b"utf-7",
    ),
    *(
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: quoted-printable\r\n",
        b"=?",
        b"?=",
    ),
    *(
        b"?q?",
        b"?b?",
        b"=?utf-8?Q?=C3?=",
        b"=C3=BC",
        b"w7w=",
        b"<a@b.example>",
        b'"',
        b"(",
        b")",
        b",",
        b";",
        b":",
    ),
    *(
        b"message/rfc822",
        b"message/delivery-status",
        b"<div style='display:none'>",
        b"<blockquote>",
        b"</div>",
    ),
    *(
        b"<p>",
        b"<br>",
        b"<!--",
        b"<table><tr><td>",
        b"&#x110000;",
        b"&nbsp;",
        b"> ",
        b"-- \n",
        b"Am 2.3. schrieb A:\n",
    ),
    *(
        b"Von: a@b.example\n",
        b"Gesendet: 1\n",
        b"format=flowed; delsp=yes",
        b"filename*0*=utf-8''%FF",
        b'name="=?x?=',
    ),
]
mails = st.lists(st.sampled_from(SHREDS) | st.binary(max_size=20), max_size=60).map(b"".join)


def check(letter: Letter) -> None:
    """What every letter promises."""
    assert len(letter.digest) == 64
    values = [letter.subject, letter.message_id, *(value for _, value in letter.headers)]
    values += [part for each in letter.senders for part in (each.name, each.addr)]
    assert not any("\n" in value or "\r" in value or "\x00" in value for value in values)
    "\n".join([*values, letter.text, *letter.attachments]).encode("utf-8")  # no lone surrogates
    assert letter.sent is None or letter.sent.tzinfo is not None


@settings(max_examples=300, deadline=None)
@given(mails)
def test_any_shreds_of_mail_are_a_letter(raw: bytes) -> None:
    letter = read_letter(raw)
    check(letter)
    split_pieces(letter.body, LAYOUT)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_are_a_letter(raw: bytes) -> None:
    check(read_letter(raw))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_header_value_can_be_read(raw: bytes) -> None:
    assert "\n" not in decode_value(raw)
    for address in read_addresses(raw):
        assert "@" in address.addr
        assert not set("\r\n\x00 <>") & set(address.addr)
    read_date(raw)
    assert read_message_id(raw) == "" or read_message_id(raw).startswith("<")
    read_message_ids(raw)
    decode_parameter(raw.decode("utf-8", "surrogateescape"))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.text(max_size=20))
def test_any_charset_label_decodes(raw: bytes, label: str) -> None:
    decode_text(raw, label)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=500))
def test_any_text_is_html(text: str) -> None:
    read_markup(text)


lines = st.sampled_from(
    [
        "Hallo,",
        "Gruß",
        "Anna",
        "> alt",
        "-- ",
        "Am 2.3.2021 um 10:12 schrieb A <a@b.example>:",
        "",
        "Ich komme.",
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(lines | st.text(max_size=60), max_size=30).map("\n".join),
    st.sampled_from(["", "blockquote", "x"]),
)
def test_no_word_is_lost_between_the_pieces(text: str, mark: str) -> None:
    """Every word of the body lands in exactly one piece, in order."""
    pieces = split_pieces((Passage(text, mark),), LAYOUT)
    assert "".join("".join(piece.text for piece in pieces).split()) == "".join(text.split())
