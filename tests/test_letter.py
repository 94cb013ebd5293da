"""What a letter holds of a mail, in the right and in the wrong forms in which mail comes."""

import base64
import quopri
from datetime import UTC, datetime

import pytest

from mailflow.letter import read_letter
from mailflow.letter.addresses import read_addresses
from mailflow.letter.headers import decode_value

TEXT = "Grüße aus der Straße – für 5 €"


def mail(body: bytes, *headers: str, kind: str = "text/plain; charset=utf-8") -> bytes:
    lines = ["From: Anna <a@b.example>", "Subject: x", f"Content-Type: {kind}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def body(raw: bytes) -> str:
    return read_letter(raw).text.strip()


SUBJECTS = {
    b"Anmeldung": "Anmeldung",
    "Grüße".encode(): "Grüße",
    "Grüße".encode("cp1252"): "Grüße",
    b"=?utf-8?Q?Gr=C3=BC=C3=9Fe?=": "Grüße",
    b"=?UTF-8?B?R3LDvMOfZQ==?=": "Grüße",
    b"=?utf-8?B?R3LDvMOfZQ?=": "Grüße",  # padding lost
    b"=?iso-8859-1?Q?Gr=FC=DFe?=": "Grüße",
    b"=?iso-8859-1*de?Q?Gr=FC=DFe?=": "Grüße",  # RFC 2231 language
    b"=?us-ascii?Q?Gr=FC=DFe?=": "Grüße",  # lying charset
    b"=?utf-8?Q?Gr=FC=DFe?=": "Grüße",
    b"=?iso-8859-1?Q?Gr=C3=BC=C3=9Fe?=": "Grüße",
    b"=?x-nonsense?Q?Gr=C3=BC=C3=9Fe?=": "Grüße",
    b"=?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC=C3=9Fe?=": "Grüße",  # a letter split over two words
    b"=?utf-8?Q?Gr?=\r\n =?utf-8?Q?=C3=BC=C3=9Fe?=": "Grüße",
    b"=?utf-8?Q?Gr=C3=BC=C3=9Fe?= an =?utf-8?Q?alle?=": "Grüße an alle",
    b"AW:=?utf-8?Q?Gr=C3=BC=C3=9Fe?=!": "AW:Grüße!",  # glued to text
    b'"=?utf-8?Q?Gr=C3=BC=C3=9Fe?="': '"Grüße"',
    b"=?utf-8?Q?viele Gr=C3=BC=C3=9Fe?=": "viele Grüße",  # a blank in the word
    b"=?utf-8?Q?Gr=C3=BC=C3=9Fe?_Ja!?=": "Grüße? Ja!",  # a question mark in it
    b"=?utf-8?Q?Gr=C3=BC=C3=9Fe": "=?utf-8?Q?Gr=C3=BC=C3=9Fe",  # never closed: left as it is
    "GrÃ¼ÃŸe".encode(): "Grüße",  # twice encoded
    b"=?utf-8?Q?Anmeldung=0D=0ABcc:_x@y.example?=": "Anmeldung Bcc: x@y.example",
    b"a\r\n\tb\r\n c": "a b c",
    b"a\x00b\x07c": "abc",
    "a‮b".encode(): "ab",  # turns the reading direction around
    b"=?koi8-r?B?8NLJ18XU?=": "Привет",
    b"=?windows-1256?B?49HNyMc=?=": "مرحبا",
}


@pytest.mark.parametrize(("raw", "meant"), SUBJECTS.items(), ids=lambda value: str(value)[:40])
def test_header_values(raw: bytes, meant: str) -> None:
    """Right and wrong forms of RFC 2047; a value is always one line without control characters."""
    assert decode_value(raw) == meant


ADDRESSES = {
    "a@b.example": [("", "a@b.example")],
    "Anna Braun <a@b.example>": [("Anna Braun", "a@b.example")],
    '"Braun, Anna" <a@b.example>': [("Braun, Anna", "a@b.example")],
    "Müller, Jörg <a@b.example>": [("Müller, Jörg", "a@b.example")],
    "=?utf-8?Q?M=C3=BCller=2C_J=C3=B6rg?= <a@b.example>": [("Müller, Jörg", "a@b.example")],
    "=?utf-8?Q?M=C3=BCller?=, =?utf-8?Q?J=C3=B6rg?= <a@b.example>": [("Müller, Jörg", "a@b.example")],
    '"=?iso-8859-1?Q?M=FCller?=" <a@b.example>': [("Müller", "a@b.example")],
    "=?utf-8?B?SsO2cmcgPGFAYi5leGFtcGxlPg==?=": [("Jörg", "a@b.example")],
    "a@b.example (Anna Braun)": [("Anna Braun", "a@b.example")],
    "Anna (privat) Braun <a@b.example>": [("Anna Braun", "a@b.example")],
    "Anna Braun a@b.example": [("Anna Braun", "a@b.example")],
    "<a@b.example> Anna": [("Anna", "a@b.example")],
    '"a@b.example" <a@b.example>': [("", "a@b.example")],
    "c@d.example <a@b.example>": [("c@d.example", "a@b.example")],
    "<@x.example,@y.example:a@b.example>": [("", "a@b.example")],
    "A <a@b.example>, C <c@d.example>": [("A", "a@b.example"), ("C", "c@d.example")],
    "Team: a@b.example, C <c@d.example>;": [("", "a@b.example"), ("C", "c@d.example")],
    "undisclosed-recipients:;": [],
    "mailto:a@b.example": [("", "a@b.example")],
    "'Anna' <a@b.example>": [("Anna", "a@b.example")],
    '"Anna \\"Anni\\" Braun" <a@b.example>': [('Anna "Anni" Braun', "a@b.example")],
    '"Anna <a@b.example>': [("Anna", "a@b.example")],
    "Anna <a@b.example": [("Anna", "a@b.example")],
    "Anna": [],
    "": [],
    "<>": [],
    "a@b.example, a@b.example": [("", "a@b.example"), ("", "a@b.example")],
    "Anna\r\n Braun\r\n\t<a@b.example>": [("Anna Braun", "a@b.example")],
}


@pytest.mark.parametrize(("raw", "meant"), ADDRESSES.items(), ids=lambda value: str(value)[:40])
def test_addresses(raw: str, meant: list[tuple[str, str]]) -> None:
    """One person stays one person, whatever their program made of the name."""
    assert [(each.name, each.addr) for each in read_addresses(raw.encode())] == meant


def test_a_raw_name_in_latin_1_keeps_its_umlauts() -> None:
    assert read_addresses("Jörg Müller <a@b.example>".encode("latin-1"))[0].name == "Jörg Müller"


@pytest.mark.parametrize(
    "declared", ["utf-8", "iso-8859-1", "windows-1252", "us-ascii", "x-unknown", "utf8", '"UTF-8"', ""]
)
@pytest.mark.parametrize("used", ["utf-8", "cp1252"])
def test_umlauts_survive_a_lying_charset(declared: str, used: str) -> None:
    """Whatever is declared, the text is read as what it is."""
    kind = f"text/plain; charset={declared}" if declared else "text/plain"
    assert body(mail(TEXT.encode(used), kind=kind)) == TEXT


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("iso-8859-15", "Grüße für 5 €"),
        ("iso-8859-9", "Sayın Gassen, eşim ve ben katılmak istiyoruz"),
        ("windows-1254", "Görüşmek üzere, şimdiden teşekkürler"),
        ("iso-8859-2", "Chciałabym zgłosić siebie i męża"),
        ("windows-1250", "Dziękuję, żona też przyjdzie"),
        ("windows-1251", "Хочу записаться на встречу"),
        ("koi8-r", "Прошу записать меня"),
        ("koi8-u", "Хочу записатися, ґанок"),
        ("windows-1256", "أريد المشاركة في اللقاء"),
        ("iso-8859-6", "السلام عليكم"),
        ("utf-16", "Grüße"),
        ("utf-7", "Grüße"),
        ("gb2312", "您好"),
        ("iso-2022-jp", "こんにちは"),
        ("euc-kr", "안녕하세요"),
        ("big5", "您好"),
        ("macintosh", "Grüße"),
    ],
)
def test_declared_charsets_are_read(charset: str, text: str) -> None:
    codec = {"macintosh": "mac-roman"}.get(charset, charset)
    assert body(mail(text.encode(codec), kind=f"text/plain; charset={charset}")) == text


def test_a_quoted_history_in_another_charset_keeps_both() -> None:
    """Programs paste bytes of another charset into a text: nothing of either is dropped."""
    raw = "Ja, für zwei.\n".encode() + "> Grüße\n".encode("cp1252")
    assert body(mail(raw)) == "Ja, für zwei.\n> Grüße"


def test_utf_8_read_as_windows_on_the_way_is_mended() -> None:
    assert body(mail("Herr MÃ¼ller und GrÃ¼ÃŸe".encode())) == "Herr Müller und Grüße"


@pytest.mark.parametrize(
    "text", ["Viel Spaß“, sagte er", "à la carte", "ÄÖÜ", "Ã", "Größe: 5 m²", "naïve Façade"]
)
def test_proper_text_is_not_mended(text: str) -> None:
    assert body(mail(text.encode())) == text


TRANSFERS = {
    "8bit": TEXT.encode(),
    "quoted-printable": quopri.encodestring(TEXT.encode()),
    "Quoted-Printable ": quopri.encodestring(TEXT.encode()),
    "base64": base64.encodebytes(TEXT.encode()),
    "BASE64": base64.b64encode(TEXT.encode()).rstrip(b"="),
    "x-nonsense": TEXT.encode(),
}


@pytest.mark.parametrize(("encoding", "raw"), TRANSFERS.items())
def test_transfer_encodings(encoding: str, raw: bytes) -> None:
    assert body(mail(raw, f"Content-Transfer-Encoding: {encoding}")) == TEXT


def test_broken_quoted_printable_is_read_as_far_as_it_is_one() -> None:
    raw = b"Gr=C3=BC=C3=9Fe =ZZ und 5 = 5, ein langer =  \r\nSatz="
    assert body(mail(raw, "Content-Transfer-Encoding: quoted-printable")).startswith(
        "Grüße =ZZ und 5 = 5, ein langer Satz"
    )


def test_base64_with_a_plain_footer_behind_it() -> None:
    """Mailing lists append their footer as plain text to a base64 body."""
    raw = base64.encodebytes(TEXT.encode()) + b"\r\n_____________\r\nFooter of the list!\r\n"
    text = body(mail(raw, "Content-Transfer-Encoding: base64"))
    assert text.startswith(TEXT)
    assert text.endswith("Footer of the list!")


def test_base64_in_several_padded_stretches() -> None:
    raw = base64.b64encode(b"eins ") + b"\r\n" + base64.b64encode(b"zwei") + b"\r\n"
    assert body(mail(raw, "Content-Transfer-Encoding: base64")) == "eins zwei"


def test_a_lost_transfer_encoding_is_found() -> None:
    """A relay dropped the header, the text is still encoded."""
    assert (
        body(mail(quopri.encodestring((TEXT + "\nFür Sie, liebe Grüße").encode())))
        == TEXT + "\nFür Sie, liebe Grüße"
    )
    long = "Ich möchte mich gern anmelden, wir kommen zu zweit. " * 8
    assert body(mail(base64.encodebytes(long.encode()))) == long.strip()


def test_format_flowed_joins_its_lines() -> None:
    raw = b"Ich komme am 17. M\xc3\xa4rz \r\nmit meiner Frau.\r\n\r\n> alt \r\n> noch alt\r\n-- \r\nAnna\r\n"
    flowed = body(mail(raw, kind="text/plain; charset=utf-8; format=flowed"))
    assert flowed == "Ich komme am 17. März mit meiner Frau.\n\n> alt noch alt\n-- \nAnna"
    glued = body(mail(b"Donau \r\ndampfer\r\n", kind="text/plain; format=flowed; delsp=yes"))
    assert glued == "Donaudampfer"


def test_a_uuencoded_file_in_the_text_is_left_out() -> None:
    raw = b"Ich komme.\n\nbegin 644 a.txt\n#0V%T\n`\nend\n\nAnna\n"
    assert body(mail(raw)).split() == ["Ich", "komme.", "Anna"]


def multipart(kind: str, *parts: bytes) -> bytes:
    inner = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return mail(b"preamble\r\n" + inner + b"--b--\r\nepilogue\r\n", kind=f'{kind}; boundary="b"')


def part(kind: str, text: str, *headers: str) -> bytes:
    lines = [f"Content-Type: {kind}; charset=utf-8", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + text.encode()


def test_plain_text_is_preferred() -> None:
    raw = multipart(
        "multipart/alternative", part("text/plain", "Ich komme."), part("text/html", "<p>Ich komme.</p>")
    )
    assert body(raw) == "Ich komme."


def test_html_is_preferred_where_it_marks_history() -> None:
    rich = "<div>Ich komme.</div><div class='gmail_quote'><blockquote>alt</blockquote></div>"
    raw = multipart("multipart/alternative", part("text/plain", "Ich komme. alt"), part("text/html", rich))
    assert [(each.text.strip(), each.mark) for each in read_letter(raw).body] == [
        ("Ich komme.", ""),
        ("alt", "blockquote"),
    ]


@pytest.mark.parametrize("plain", ["", " \n", "Ihr Programm kann diese Nachricht leider nicht anzeigen."])
def test_html_is_read_where_the_plain_text_says_nothing(plain: str) -> None:
    rich = "<p>Wir kommen gern zu zweit.</p>"
    assert body(multipart("multipart/alternative", part("text/plain", plain), part("text/html", rich))) == (
        "Wir kommen gern zu zweit."
    )


def test_attachments_are_named_and_not_read() -> None:
    raw = multipart(
        "multipart/mixed",
        part("text/plain", "Ich komme."),
        part("text/plain", "geheim", "Content-Disposition: attachment; filename*=utf-8''M%C3%BCller.txt"),
        part('application/pdf; name="=?utf-8?Q?Pl=C3=A4ne?=.pdf"', "x"),
        part("image/png", "x"),
    )
    letter = read_letter(raw)
    assert letter.text.strip() == "Ich komme."
    assert letter.attachments == ("Müller.txt", "Pläne.pdf", "unnamed")
    assert letter.content_types == (
        "multipart/mixed",
        "text/plain",
        "text/plain",
        "application/pdf",
        "image/png",
    )


def test_inline_texts_around_a_picture_are_one_body() -> None:
    """Apple Mail puts a part before and a part behind each picture."""
    raw = multipart(
        "multipart/mixed", part("text/plain", "Eins."), part("image/png", "x"), part("text/plain", "Zwei.")
    )
    assert body(raw).split() == ["Eins.", "Zwei."]


def test_a_mail_that_is_all_attachment_is_still_read() -> None:
    raw = multipart("multipart/mixed", part("text/plain", "Ich komme.", "Content-Disposition: attachment"))
    assert body(raw) == "Ich komme."


def test_an_attached_mail_is_no_body() -> None:
    attached = part("message/rfc822", "Subject: Alt\r\nMessage-ID: <1@x>\r\n\r\nIch komme nicht.")
    letter = read_letter(multipart("multipart/mixed", part("text/plain", "Siehe Anhang."), attached))
    assert letter.text.strip() == "Siehe Anhang."
    assert "message-id: <1@x>" in letter.returned
    assert "Ich komme nicht." in letter.returned


def test_a_delivery_report_comes_apart() -> None:
    raw = multipart(
        "multipart/report; report-type=delivery-status",
        part("text/plain", "Not delivered."),
        part(
            "message/delivery-status",
            "Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nStatus: 5.1.1",
        ),
        part("text/rfc822-headers", "Message-ID: <1@x>\r\nSubject: Ihre Anmeldung"),
    )
    letter = read_letter(raw)
    assert letter.text.strip() == "Not delivered."
    assert "Status: 5.1.1" in letter.delivery_status
    assert "Message-ID: <1@x>" in letter.returned


BROKEN = {
    "no closing boundary": b"--b\r\nContent-Type: text/plain\r\n\r\nIch komme.\r\n",
    "no boundary lines at all": b"Ich komme.\r\n",
    "another boundary than declared": b"--other\r\nContent-Type: text/html\r\n\r\nIch komme.\r\n--other--",
    "closed before it begins": b"--b--\r\n--b\r\nContent-Type: text/plain\r\n\r\nIch komme.\r\n--b--\r\n",
    "blanks behind the boundary": b"--b  \r\nContent-Type: text/plain\r\n\r\nIch komme.\r\n--b--  \r\n",
    "no headers in the part": b"--b\r\n\r\nIch komme.\r\n--b--\r\n",
    "bare line feeds": b"--b\nContent-Type: text/plain\n\nIch komme.\n--b--\n",
}


@pytest.mark.parametrize("raw", BROKEN.values(), ids=BROKEN.keys())
def test_broken_multiparts_still_tell_their_text(raw: bytes) -> None:
    assert body(mail(raw, kind="multipart/mixed; boundary=b")) == "Ich komme."


def test_broken_headers() -> None:
    """Lines that are no header, a header named twice, an mbox line, no blank line before the body."""
    raw = b"From a@b Mon Jan 1\r\nFrom: a@b.example\r\nSubject: eins\r\nfolded badly\r\n"
    raw += b"To: c@d.example\r\nSubject: zwei\r\n\r\nText"
    letter = read_letter(raw)
    assert letter.subject == "eins folded badly"
    assert letter.all("Subject") == ("eins folded badly", "zwei")
    assert letter.text == "Text"
    assert read_letter(b"From: a@b.example\r\nHallo zusammen\r\nich komme\r\n").text.startswith(
        "Hallo zusammen"
    )


def test_only_a_body_or_nothing_at_all() -> None:
    assert read_letter(b"").body == ()
    assert read_letter(b"").sender is None
    assert read_letter(b"Ich komme.").text == "Ich komme."


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("Tue, 2 Mar 2021 10:12:00 +0100", datetime(2021, 3, 2, 9, 12, tzinfo=UTC)),
        ("2 Mar 2021 10:12 GMT", datetime(2021, 3, 2, 10, 12, tzinfo=UTC)),
        ("Tue, 2 Mar 2021 10:12:00 -0000", datetime(2021, 3, 2, 10, 12, tzinfo=UTC)),
        ("Tue, 2 Mar 2021 10:12:00 +0100 (CET)", datetime(2021, 3, 2, 9, 12, tzinfo=UTC)),
        ("gestern", None),
        ("Tue, 99 Mar 2021 10:12:00 +0100", None),
        ("Tue, 2 Mar 2021 10:12:00 +99999999", None),
        ("Fri, 2 Mar 1900 10:12:00 +0100", None),
    ],
)
def test_dates(raw: str, meant: datetime | None) -> None:
    assert read_letter(f"Date: {raw}\r\n\r\n".encode()).sent == meant


def test_references_name_each_mail_once() -> None:
    raw = b"Message-ID: 123@x\r\nIn-Reply-To: <2@x>\r\nReferences: <1@x>\r\n <2@x> <3@x>\r\n\r\n"
    letter = read_letter(raw)
    assert letter.message_id == "<123@x>"
    assert letter.references == ("<2@x>", "<1@x>", "<3@x>")


def test_one_mail_over_two_paths_is_one_mail() -> None:
    """Other Received lines and line ends do not make another mail, another text does."""
    raw = b"Message-ID: <1@x>\r\nFrom: a@b.example\r\n\r\nIch komme.\r\n"
    again = b"Received: by y\nMessage-ID: <1@x>\nFrom: a@b.example\n\nIch komme.\n\n"
    assert read_letter(raw).digest == read_letter(again).digest
    assert read_letter(raw).digest != read_letter(raw + b"Oder nicht.").digest


def test_too_much_of_anything_is_bounded_and_said() -> None:
    """Ten thousand parts in each other, a subject of five megabytes, one word of a megabyte."""
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(10_000)
    )
    assert read_letter(nested + b"\r\nhallo").defects
    beside = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nhallo\r\n" * 10_000
    assert read_letter(beside).defects
    assert len(read_letter(b"Subject: " + b"A" * 5_000_000 + b"\r\n\r\nhallo").subject) <= 10_000
    letter = read_letter(mail(b"a" * 1_000_000))
    assert len(letter.text) <= 200_000
    assert letter.defects
