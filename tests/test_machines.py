"""Machines never get an answer, people do: mails as data in tests/machines, read by the real rooms."""

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from mailflow.letter import read_letter
from mailflow.marks import answer_id, names_our_answer, our_answers
from mailflow.model import Access, Address, Automatic, Event, Letter, Limits, Office
from mailflow.rules import load_rules
from mailflow.understand.bounce import read_bounce
from mailflow.understand.origin import find_origin
from mailflow.understand.origin.authentication import authserv_ids
from mailflow.understand.own_words import split_pieces

HERE = Path(__file__).parent
SECRET = b"a secret of the tests"
ANSWER = answer_id(SECRET, "0f" * 32, "access", "example.org")
FORGED = answer_id(b"another secret", "0f" * 32, "access", "example.org")
RULES = load_rules(HERE.parent / "rules")
MOMENT = datetime(2021, 3, 17, 14, tzinfo=UTC)
OFFICE = Office(
    event=Event("Kennenlernen", MOMENT, MOMENT, date(2021, 3, 10), "Europe/Berlin", "de"),
    access=Access("https://zoom.example/j/1", "1", "2"),
    limits=Limits(),
    sender=Address("Integrationsmanagement", "kennenlernen@example.org"),
    organiser=Address("Max Gassen", "gassen@example.org"),
    organiser_phone="",
    own_addresses=frozenset({"kennenlernen@example.org", "anmeldung@example.org"}),
    secret=SECRET,
    authserv_id="mx.provider.example",
)
Case = dict[str, Any]


def mails(name: str) -> list[Any]:
    """The mails of a file, one for each subject where several are given."""
    return [
        pytest.param({**case, "subject": subject}, id=f"{case['row']}-{number}" if number else case["row"])
        for case in tomllib.loads((HERE / "machines" / f"{name}.toml").read_text("utf-8"))["mail"]
        for number, subject in enumerate(case.get("subjects", [case.get("subject", "")]))
    ]


def letter_of(case: Case) -> Letter:
    """The letter of a case: its raw text, or one built from subject, text and further headers."""
    raw: str = case["raw"].lstrip("\n") if "raw" in case else built(case)
    raw = raw.replace("{answer}", ANSWER).replace("{forged}", FORGED)
    return read_letter(raw.replace("\n", "\r\n").encode())


def built(case: Case) -> str:
    headers = {
        "From": case.get("from", "Renate Hoffmann <renate@web.example>"),
        "To": "kennenlernen@example.org",
        "Subject": case["subject"],
        "Date": "Thu, 4 Mar 2021 10:15:09 +0100",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        **case.get("headers", {}),
    }
    body: str = case["text"]
    if "calendar" in case:
        body = with_calendar(body, case["calendar"])
        headers |= {"MIME-Version": "1.0", "Content-Type": 'multipart/alternative; boundary="b"'}
    return "\n".join(f"{name}: {value}" for name, value in headers.items()) + "\n\n" + body


def with_calendar(text: str, method: str) -> str:
    plain = f"--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    ics = f"BEGIN:VCALENDAR\nMETHOD:{method}\nBEGIN:VEVENT\nUID:1@example.org\nEND:VEVENT\nEND:VCALENDAR\n"
    return f"{plain}--b\nContent-Type: text/calendar; charset=utf-8; method={method}\n\n{ics}--b--\n"


def origin_of(letter: Letter) -> Automatic | None:
    pieces = split_pieces(letter.body, RULES.layout)
    written = "\n".join(piece.text for piece in pieces if piece.kind == "written")
    return find_origin(letter, written, RULES.machines, OFFICE)


@pytest.mark.parametrize("case", mails("hard"))
def test_a_mark_in_the_headers_is_certain(case: Case) -> None:
    found = origin_of(letter_of(case))
    assert found is not None
    assert (found.kind, found.hard) == (case["kind"], True)


@pytest.mark.parametrize("case", mails("soft"))
def test_a_doubt_is_put_before_a_person(case: Case) -> None:
    found = origin_of(letter_of(case))
    assert found is not None
    assert (found.kind, found.hard) == (case["kind"], False)


@pytest.mark.parametrize("case", mails("notes"))
def test_machines_are_known_by_their_words_alone(case: Case) -> None:
    found = origin_of(letter_of(case))
    assert found is not None
    assert (found.kind, found.hard) == ("auto-reply", case.get("hard", False))


@pytest.mark.parametrize("case", mails("people"))
def test_a_person_whose_mail_looks_odd_is_a_person(case: Case) -> None:
    assert origin_of(letter_of(case)) is None


@pytest.mark.parametrize("case", mails("bounces"))
def test_a_report_says_who_was_not_reached_and_why(case: Case) -> None:
    letter = letter_of(case)
    found = origin_of(letter)
    assert found is not None
    assert (found.kind, found.hard) == ("bounce", True)
    bounce = read_bounce(letter, SECRET)
    if case.get("nothing"):
        assert bounce is None
        return
    assert bounce is not None
    assert bounce.recipient == case["recipient"]
    assert bounce.reason == case["reason"]
    assert bounce.permanent == case.get("permanent", True)
    assert bounce.message_id == (ANSWER if case.get("ours") else "")


def test_a_mark_is_stable_and_cannot_be_made_by_others() -> None:
    """The same answer has the same Message-ID; another secret, a changed case or domain make it foreign."""
    assert answer_id(SECRET, "0f" * 32, "access", "example.org") == ANSWER
    assert names_our_answer(ANSWER, SECRET)
    assert names_our_answer(f" {ANSWER.upper()} ", SECRET)
    others = (
        FORGED,
        ANSWER.replace("example.org", "example.net"),
        ANSWER.replace("<mf.", "<mf.0", 1),
        ANSWER[:5] + "0123" + ANSWER[9:],
        "",
        "<mf.x@example.org>",
    )
    assert not any(names_our_answer(other, SECRET) for other in others)
    assert answer_id(SECRET, "0f" * 32, "idea", "example.org") != ANSWER
    assert our_answers(f"x {FORGED} y {ANSWER} z {ANSWER}", SECRET) == (ANSWER,)


def test_who_signs_the_authentication_results_is_shown_for_setting_up() -> None:
    letter = read_letter(
        b"Authentication-Results: mx.provider.example; spf=pass\r\n"
        b"Authentication-Results: other.example 1; none\r\nFrom: a@b.example\r\n\r\nx"
    )
    assert authserv_ids(letter) == ("mx.provider.example", "other.example")


HEADERS = """
    Authentication-Results Auto-Submitted Content-Type Delivered-To From Precedence References Reply-To
    Return-Path Subject To X-Failed-Recipients X-Loop X-Spam-Status X-Any
"""
VALUES = some.one_of(
    some.text(max_size=80),
    some.sampled_from(
        ["<>", "mx.provider.example; dmarc=fail", "multipart/report; boundary=b", "daemon@a.example"]
    ),
)


@settings(max_examples=150, deadline=None)
@given(
    some.lists(some.tuples(some.sampled_from(HEADERS.split()), VALUES), max_size=12),
    some.binary(max_size=400),
)
def test_no_mail_makes_the_reading_raise(headers: list[tuple[str, str]], body: bytes) -> None:
    """Whatever stands in headers and body, there is an origin, and a report can be read."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers).encode("utf-8", "replace")
    letter = read_letter(head + b"\r\n" + body)
    found = origin_of(letter)
    assert found is None or found.because
    read_bounce(letter, SECRET)
