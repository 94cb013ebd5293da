"""Answers as mails: read back with the standard library, whatever names and addresses came in."""

import email
import email.policy
import re
from dataclasses import replace
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from mailflow.compose import compose
from mailflow.errors import Refused
from mailflow.model import Address, Answer, AnswerPlan
from mailflow.templates import Templates, load_templates
from mailflow.templates.values import plain
from tests.answers import FOLDER, LANGUAGES, LATE, NOW, OFFICE, PAST, WITH_ACCESS, WITHOUT_ACCESS, answer_plan

TEMPLATES: Templates = load_templates(FOLDER, tried=False)
EVERY = [(name, language) for name in (*WITH_ACCESS, *WITHOUT_ACCESS) for language in LANGUAGES]
OURS = {
    *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted"),
    *("X-Auto-Response-Suppress", "X-Loop", "Content-Language", "MIME-Version", "Content-Type"),
}


def composed(plan: AnswerPlan) -> Answer:
    return compose(plan, TEMPLATES, OFFICE, NOW)


def parsed(answer: Answer) -> EmailMessage:
    """The answer as a mail program reads it."""
    message = email.message_from_bytes(answer.raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_a_mail_that_every_program_reads(name: str, language: str) -> None:
    """ASCII, short lines ending in CRLF, no defect, text and HTML with the same words."""
    answer = composed(answer_plan(name, language, persons=3, idea=True, question=True))
    message = parsed(answer)
    assert answer.raw.isascii()
    assert all(len(line) <= 76 and b"\n" not in line for line in answer.raw.split(b"\r\n"))
    assert not [part.defects for part in message.walk() if part.defects]
    assert body(message, "plain").strip() == answer.text.strip()
    assert message["Subject"] == answer.subject
    assert words(body(message, "html")) == words(plain_text_of(answer.text))


class Words(HTMLParser):
    """Collects what a page says."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def words(text: str) -> list[str]:
    """The words of a text or of an HTML page (its title apart)."""
    reader = Words()
    reader.feed(re.sub(r"<title>.*?</title>", "", text) if "<html" in text else text.replace("<", "&lt;"))
    return re.sub(r"[\u2066-\u2069\u200f]", "", "".join(reader.found)).split()


def plain_text_of(text: str) -> str:
    """Without what the HTML says by its form: list signs and lines under headings."""
    return re.sub(r"^(?:- |\u200f?-+$)", "", text, flags=re.MULTILINE)


def test_headers_by_which_programs_know_it() -> None:
    """RFC 3834: an automatic answer, threaded, that asks for no answer; our own mark against loops."""
    message = parsed(composed(answer_plan()))
    assert set(message.keys()) == OURS
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["X-Loop"] == "kennenlernen@diakonie.example"
    assert message["Message-ID"] == "<1a2b.3c@diakonie.example>"
    assert message["In-Reply-To"] == "<mail-1@web.example>"
    assert message["References"].split() == ["<first@web.example>", "<mail-1@web.example>"]
    assert message["Date"] == "Tue, 02 Mar 2021 09:30:00 +0100"
    assert message["Content-Language"] == "de"
    assert str(message["From"]) == "Integrationsmanagement Kaarst <kennenlernen@diakonie.example>"


def test_a_sign_up_by_phone_answers_no_mail() -> None:
    """No In-Reply-To and no References where there is no mail."""
    message = parsed(composed(answer_plan(in_reply_to="", references=())))
    assert set(message.keys()) == OURS - {"In-Reply-To", "References"}


def test_the_variant_for_easy_reading_has_a_name_that_programs_know() -> None:
    """BCP 47 calls simplified German de-simple."""
    message = parsed(composed(answer_plan("idea", "de-leicht")))
    assert message["Content-Language"] == "de-simple"
    assert '<html lang="de-simple" dir="ltr">' in body(message, "html")


def test_the_same_plan_gives_the_same_bytes() -> None:
    """So an answer that must be sent again is the very same."""
    assert composed(answer_plan()).raw == composed(answer_plan()).raw


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_access_data_only_where_the_plan_says_so(name: str, language: str) -> None:
    """Neither link, number, passcode nor calendar in an answer without access data, in any part."""
    message = parsed(composed(answer_plan(name, language, calendar=("event", "practice"))))
    texts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    secrets = ("81234567890", "812 3456 7890", "Kaarst", "71049922")
    found = {
        secret for secret in secrets for text in texts if secret in text.replace("Management Kaarst", "")
    }
    if name in WITH_ACCESS:
        assert found == set(secrets)
        assert [part.get_filename() for part in message.iter_attachments()] == [
            "termin.ics",
            "zoom-probe.ics",
        ]
    else:
        assert found <= {"Kaarst"}  # our own name
        assert not list(message.iter_attachments())


def entries(answer: Answer) -> list[Any]:
    """The events in the attached files."""
    found = []
    for part in parsed(answer).iter_attachments():
        assert part["Content-Type"].params["method"] == "PUBLISH"
        calendar = Calendar.from_ical(part.get_content())
        assert calendar["METHOD"] == "PUBLISH"
        found += calendar.walk("VEVENT")
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_calendar_files(language: str) -> None:
    """Event and try-out: UTC times, the link, a UID that stays, the moment of making."""
    plan = answer_plan("access", language, calendar=("event", "practice"), practice=True)
    event, practice = entries(composed(plan))
    assert event["DTSTART"].to_ical() == b"20210317T140000Z"
    assert event["DTEND"].to_ical() == b"20210317T153000Z"
    assert practice["DTSTART"].to_ical() == b"20210316T140000Z"
    assert event["DTSTAMP"].to_ical() == b"20210302T083000Z"
    assert event["LOCATION"] == OFFICE.access.link
    assert OFFICE.access.passcode in str(event["DESCRIPTION"])
    assert event["SUMMARY"] == "Digitales Kennenlernen" != practice["SUMMARY"]
    assert event["UID"] != practice["UID"]
    other = compose(plan, TEMPLATES, replace(OFFICE, access=replace(OFFICE.access, passcode="neu")), LATE)
    assert entries(other)[0]["UID"] == event["UID"]
    assert entries(other)[0]["DTSTAMP"].to_ical() > event["DTSTAMP"].to_ical()


@pytest.mark.parametrize("language", ["ar", "fa"])
def test_right_to_left(language: str) -> None:
    """The page says its direction; link, telephone and Latin words keep theirs; text lines lean right."""
    answer = composed(answer_plan("access", language))
    html = body(parsed(answer), "html")
    assert f'<html lang="{language}" dir="rtl">' in html
    assert "<bdi>Renate Hoffmann</bdi>" in html
    assert html.count("<bdi") == html.count("</bdi>")
    assert re.search(
        r'<p dir="ltr"[^>]*><a href="https://zoom\.example/j/81234567890\?pwd=abc&amp;x=1"', html
    )
    assert re.search(r'<a href="tel:\+496971049922" dir="ltr"', html)
    assert OFFICE.access.link in answer.text.splitlines()
    assert "\n\u200f---" in answer.text


def test_nothing_is_fetched_from_elsewhere() -> None:
    """The HTML has no picture, style sheet, script, form or frame; its only links are ours."""
    html = body(parsed(composed(answer_plan())), "html")
    assert set(re.findall(r"<([a-z0-9]+)", html)) == {
        *("html", "head", "meta", "title", "body", "div", "p", "h2", "ul", "li", "br", "a", "b")
    }
    assert set(re.findall(r'href="([^"]+)"', html)) == {
        "https://zoom.example/j/81234567890?pwd=abc&amp;x=1",
        "tel:+496971049922",
    }
    assert "url(" not in html
    assert "src=" not in html


def test_what_time_changes() -> None:
    """The try-out is offered until it has ended; after the event nobody is invited to it."""
    plan = answer_plan()
    assert "Probe bitte" in composed(plan).text
    late = replace(OFFICE, event=replace(OFFICE.event, practice_starts=NOW, practice_ends=NOW))
    assert "Probe bitte" not in compose(plan, TEMPLATES, late, LATE).text
    idea = answer_plan("idea", idea=True)
    assert "Ich melde mich an" in composed(idea).text
    assert "Ich melde mich an" not in compose(idea, TEMPLATES, OFFICE, PAST).text


def test_without_a_try_out_nothing_is_said_of_it() -> None:
    """Both practice moments are optional."""
    office = replace(OFFICE, event=replace(OFFICE.event, practice_starts=None, practice_ends=None))
    for language in LANGUAGES:
        text = compose(answer_plan("access", language), TEMPLATES, office, NOW).text
        assert "16" not in re.sub(r"16:30|3456", "", text)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Renate  Hoffmann", "Renate Hoffmann"),
        ("Müller\r\nBcc: alle@web.example", "Müller Bcc alle web. example"),
        ("\u202eevil\u202c name", "evil name"),
        ("https://evil.example/x", "https evil. example x"),
        ("<b>Anna</b>", "b Anna b"),
        ("Dr. O'Brien-Şükrü", "Dr. O'Brien-Şükrü"),
        ("علی‌رضا", "علی‌رضا"),
        ("x" * 10_000, "x" * 59 + "…"),
        ("\x00\x07", ""),
        ("----", ""),
        ("{{ access.link }}", "access. link"),
    ],
)
def test_names_become_harmless(name: str, shown: str) -> None:
    """One line of words: no control or direction signs, no address, no markup, not endless."""
    assert plain(name) == shown


@pytest.mark.parametrize(
    "addr",
    [
        "",
        "anna",
        "a@b, c@d",
        "a@b c",
        "<a@b>",
        "a@b\r\nBcc: c@d",
        "a\u0000@b",
        "ü@web.example",
        "a@",
        "@b",
        "a@b@c",
    ],
)
def test_what_is_no_address_gets_no_answer(addr: str) -> None:
    """The error is for good: no later try will help."""
    with pytest.raises(Refused):
        composed(answer_plan(to=Address("Anna", addr)))


def test_a_domain_with_umlauts_is_written_as_dns_has_it() -> None:
    """IDNA, in the header as in the envelope."""
    answer = composed(answer_plan(to=Address("", "anna@bücher.example")))
    assert answer.to == "anna@xn--bcher-kva.example"
    assert str(parsed(answer)["To"]) == "anna@xn--bcher-kva.example"


@given(st.text(max_size=300), st.text(max_size=300))
@example("=?utf-8?q?=0D=0ABcc:_a@b?=", "\r\n\r\nBody")
@example('"Müller", <x@y>', "a,b;c:d")
@example("\ud800", "\u2028\u2029\x85")
def test_any_name_makes_one_recipient_and_no_other_header(name: str, other: str) -> None:
    """Whatever a mail calls its writer."""
    plan = answer_plan(
        "access", to=Address(name, "anna@web.example"), name=other, organisation=name, phone=other
    )
    message = parsed(composed(plan))
    assert set(message.keys()) == OURS
    assert not message.defects
    assert [address.addr_spec for address in message["To"].addresses] == ["anna@web.example"]
    assert [part.get_content_type() for part in message.walk()] == [
        *("multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar")
    ]


@given(st.text(max_size=80), st.lists(st.text(max_size=80), max_size=40))
@example("<a@b>\r\nBcc: c@d", ["<ok@x>", "<a b@c>", "no"])
def test_odd_message_ids_of_others_are_left_out(in_reply_to: str, references: list[str]) -> None:
    """What is no Message-ID is not copied into a header."""
    plan = answer_plan("unclear", in_reply_to=in_reply_to, references=tuple(references))
    message = parsed(composed(plan))
    assert set(message.keys()) <= OURS
    for value in (*message.get_all("In-Reply-To", []), *message.get_all("References", [])):
        assert all(re.fullmatch(r"<[!-~]+>", each) for each in value.split())
