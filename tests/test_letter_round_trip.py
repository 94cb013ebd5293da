"""What the standard library writes as a mail is read as it was meant, whatever the text and its encoding."""

import unicodedata
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.letter import read_letter

ENCODED_TWICE = "ÂÃâÐÑØÙÄÅ"  # they may look like a text that was encoded twice
letters = st.characters(
    exclude_categories=["Cs", "Cc", "Cf", "Co", "Cn", "Zs", "Zl", "Zp", "Mn", "Mc", "Me"],
    include_characters=" \n",
    exclude_characters=ENCODED_TWICE,
)
texts = st.text(letters, max_size=400).map(lambda text: unicodedata.normalize("NFC", text))
names = st.text(
    st.characters(
        categories=["Lu", "Ll", "Lo"], include_characters=" -.,'", exclude_characters=ENCODED_TWICE
    ),
    min_size=1,
    max_size=40,
).map(lambda text: " ".join(unicodedata.normalize("NFC", text).split()))
encodings = st.sampled_from(["quoted-printable", "base64", "8bit"])


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().split("\n") if line.strip()]


@settings(max_examples=300, deadline=None)
@given(texts, names, names, encodings)
def test_a_written_mail_is_read_back(text: str, subject: str, name: str, encoding: str) -> None:
    message = EmailMessage(policy=SMTP)
    message["From"] = Mailbox(name, "anna", "web.example")
    message["Subject"] = subject
    message["Message-ID"] = "<1@web.example>"
    message.set_content(text + "\n", cte=encoding)
    letter = read_letter(message.as_bytes())
    assert lines(letter.text) == lines(text)
    assert " ".join(letter.subject.split()) == subject
    assert letter.senders[0].addr == "anna@web.example"
    assert letter.message_id == "<1@web.example>"


@settings(max_examples=200, deadline=None)
@given(texts, texts, encodings)
def test_alternatives_and_attachments_are_told_apart(text: str, other: str, encoding: str) -> None:
    message = EmailMessage(policy=SMTP)
    message["From"] = "anna@web.example"
    message.set_content("Ja. " + text + "\n", cte=encoding)
    message.add_alternative(f"<p>Ja. {escape(text)}</p>", subtype="html")
    message.add_attachment(other.encode(), maintype="text", subtype="plain", filename="Müller.txt")
    letter = read_letter(message.as_bytes())
    assert lines(letter.text) == lines("Ja. " + text)
    assert letter.attachments == ("Müller.txt",)
