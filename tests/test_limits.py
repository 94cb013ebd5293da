"""Limits that hold even where a machine was taken for a person: by kind, address, domain, hour and day."""

from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest

from mailflow.compose.alarm import alarm_mail
from mailflow.decide import decide
from mailflow.decide.limits import likeness
from mailflow.marks import names_our_answer
from mailflow.model import Alarm, Earlier, Known, Limits
from mailflow.templates import load_templates
from tests.answers import FOLDER, NOW, OFFICE
from tests.desk import letter, plan, read, registration, rules

SIGN_UP = "Hiermit melde ich mich zur Konferenz am 17. März an."
AGAIN = "Ich finde die Zugangsdaten nicht mehr. Bitte schicken Sie sie mir noch einmal."
QUESTION = "Wie lange dauert die Veranstaltung?"
UNCLEAR = "Blauer Himmel, grüne Wiesen."
IDEA = "Ich schlage ein Sprachcafé vor."
CANCEL = "Ich sage meine Teilnahme wieder ab."
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def after(*templates: str, ago: timedelta = HOUR) -> Known:
    """What is known after these answers to the same address."""
    earlier = tuple(Earlier(template, NOW - ago) for template in templates)
    return Known((registration(),), earlier=earlier, answers_today=len(templates) if ago < DAY else 0)


@pytest.mark.parametrize(
    ("text", "earlier", "template"),
    [
        (AGAIN, ("access", "again"), "again"),
        (AGAIN, ("access", "again", "changed"), "person"),
        (CANCEL, ("access", "again", "changed"), "cancelled"),
        (IDEA, ("idea", "idea", "idea"), "person"),
        (IDEA, ("access", "access", "access"), "idea"),
        (AGAIN, ("access", "again", "changed", "person"), None),
        (QUESTION, ("access",), "question"),
        (QUESTION, ("question",), None),
        (UNCLEAR, ("unclear",), None),
        (UNCLEAR, ("question",), "unclear"),
        (CANCEL, ("access", "idea", "access", "question"), "person"),
        (CANCEL, ("access", "access", "access", "person"), "cancelled"),
        (CANCEL, ("access", "idea", "access", "question", "person"), None),
    ],
)
def test_one_kind_of_answer_goes_out_some_times_a_day(
    text: str, earlier: tuple[str, ...], template: str | None
) -> None:
    """Access data three times, receipts once; another kind may go; the fifth is a last word, then silence."""
    made = plan(letter(text), after(*earlier))
    assert (made.answer.template if made.answer else None) == template
    if template in (None, "person"):
        assert "nicht beantwortet" in made.attention[0].reason
        assert made.folder == "attention"
    if template == "person":
        assert made.answer
        assert not made.answer.access


@pytest.mark.parametrize(
    ("text", "earlier", "days", "template"),
    [
        (AGAIN, ("access",) * 3, 1, "again"),
        (QUESTION, ("question",), 1, "question"),
        (UNCLEAR, ("unclear",), 6, None),
        (UNCLEAR, ("unclear",), 7, "unclear"),
    ],
)
def test_the_day_is_the_events_day(
    text: str, earlier: tuple[str, ...], days: int, template: str | None
) -> None:
    """Tomorrow it begins anew; the receipt for what was not understood comes once a week."""
    made = plan(letter(text), after(*earlier, ago=days * DAY))
    assert (made.answer.template if made.answer else None) == template


def test_a_clock_that_was_set_back_opens_no_gate() -> None:
    """Answers "from tomorrow" count."""
    made = plan(letter(AGAIN), after("access", "again", "changed", ago=-2 * DAY))
    assert made.answer
    assert made.answer.template == "person"


@pytest.mark.parametrize(("limit", "template"), [(1, "access"), (2, "access"), (3, "person")])
def test_a_small_handful_is_not_spent_on_a_last_word(limit: int, template: str) -> None:
    """Who is allowed one or two answers gets what was asked for."""
    office = replace(OFFICE, limits=Limits(address_per_day=limit))
    known = Known(answers_today=limit - 1)
    mail = letter(SIGN_UP)
    made = decide(mail, read(SIGN_UP), known, rules().answers, office, NOW, NOW)
    assert made.answer
    assert made.answer.template == template


@pytest.mark.parametrize(
    ("sender", "answered"),
    [("anna@gmx.de", True), ("anna@GMX.de", True), ("anna@web.example", False)],
)
def test_free_mail_providers_have_no_limit_of_the_domain(sender: str, answered: bool) -> None:
    """Strangers share their domain; the data of the rules say whose."""
    made = plan(letter(SIGN_UP, sender=sender), Known(answers_to_domain=100))
    assert bool(made.answer) == answered


@pytest.mark.parametrize(
    ("known", "limit"),
    [
        (Known(answers_today=5), "address_per_day"),
        (Known(answers_today=4), "address_per_day"),
        (Known(answers_to_domain=100), "domain_per_hour"),
        (Known(answers_last_hour=200), "total_per_hour"),
        (Known(answers_total_today=1000), "total_per_day"),
        (after("access", "access", "access"), "kind_per_day"),
    ],
)
def test_the_organiser_is_told_of_each_limit(known: Known, limit: str) -> None:
    """The plan says which one; a receipt that is not repeated is no alarm."""
    made = plan(letter(SIGN_UP), known)
    assert made.alarm
    assert made.alarm.limit == limit
    assert plan(letter(QUESTION), after("question")).alarm is None


def test_the_alarm_is_a_mail_that_no_machine_answers() -> None:
    """To the organiser, once a day for each limit by its Message-ID, with what to do; no mail text in it."""
    templates = load_templates(FOLDER, tried=False)
    alarm = Alarm("address_per_day", "5 Antworten an eine Adresse am Tag", "renate@web.example")
    first, second = (alarm_mail(alarm, templates, OFFICE, NOW + HOUR * hours) for hours in (0, 3))
    tomorrow = alarm_mail(alarm, templates, OFFICE, NOW + DAY)
    other = alarm_mail(replace(alarm, limit="total_per_day"), templates, OFFICE, NOW)
    assert first.message_id == second.message_id
    assert len({first.message_id, tomorrow.message_id, other.message_id}) == 3
    assert names_our_answer(first.message_id, OFFICE.secret)
    mail = message_from_bytes(first.raw, policy=policy.default)
    assert mail["To"] == "Max Gassen <gassen@diakonie.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    text = mail.get_body(("plain",))
    assert text
    told = text.get_content()
    assert "5 Antworten an eine Adresse am Tag" in told
    assert "renate@web.example" in told
    assert OFFICE.access.passcode not in first.raw.decode()


def test_an_alarm_repeats_no_odd_address() -> None:
    """What is no plain address is left out."""
    templates = load_templates(FOLDER, tried=False)
    alarm = Alarm("address_per_day", "5 Antworten", "a@b.example>\r\nBcc: c@d.example")
    assert b"d.example" not in alarm_mail(alarm, templates, OFFICE, NOW).raw


# --- replies that come by themselves -------------------------------------------------------------------

NEUTRAL = "Vielen Dank für Ihre E-Mail an die Firma Muster. Wir kümmern uns darum.\n\nFirma Muster"


def replying(**fields: object) -> Known:
    return Known(replies_to_us=True, **fields)  # type: ignore[arg-type]


def kept(text: str, subject: str = "Re: Ihre Zugangsdaten") -> dict[str, dict[str, datetime]]:
    """An earlier mail of the same sender, ten minutes ago, as the store knows it."""
    mail = letter(text, subject)
    like = likeness(mail, read(text, subject), OFFICE.secret)
    return {"recent": dict.fromkeys(like, NOW - timedelta(minutes=10))}


@pytest.mark.parametrize(
    ("seconds", "answered"), [(-1, False), (0, False), (4, False), (60, True), (-3600, True)]
)
def test_nobody_answers_within_seconds(seconds: int, answered: bool) -> None:
    """A robot without any mark, whose text says nothing: a person looks, and it gets no answer."""
    known = replying(replied_to=NOW - timedelta(seconds=seconds))
    made = plan(letter("Gestern schien die Sonne in Neuss.", "Re: Ihre Zugangsdaten"), known)
    assert bool(made.answer) == answered
    assert made.attention
    assert ("Sekunden" in made.attention[0].reason) != answered


@pytest.mark.parametrize(("seconds", "heard"), [(4, False), (40, True)])
def test_a_wish_within_seconds_is_a_robots_too(seconds: int, heard: bool) -> None:
    """A person looks at it; half a minute later it is recorded and answered."""
    known = replying(replied_to=NOW - timedelta(seconds=seconds), registrations=(registration(),))
    made = plan(letter("Ich sage meine Teilnahme wieder ab.", "Re: Ihre Zugangsdaten"), known)
    assert bool(made.answer) == heard
    assert [each.state for each in made.registrations] == (["cancelled"] if heard else [])
    assert bool(made.attention) != heard


@pytest.mark.parametrize(
    ("text", "subject", "before", "answered"),
    [
        (SIGN_UP, "Re: Ihre Zugangsdaten", kept(SIGN_UP), False),
        (UNCLEAR, "Re: Ihre Zugangsdaten", kept("Grüne Wiesen."), False),
        (UNCLEAR, "Re: Etwas anderes", kept("Grüne Wiesen."), True),
        (CANCEL, "Re: Ihre Zugangsdaten", kept(SIGN_UP), True),
    ],
)
def test_the_same_reply_again_is_a_robots(
    text: str, subject: str, before: dict[str, dict[str, datetime]], answered: bool
) -> None:
    """The same words, or the same subject without any clear wish, within an hour, in reply to us."""
    made = plan(letter(text, subject), replying(**before))
    assert bool(made.answer) == answered
    if not answered:
        assert "vielleicht eine Maschine" in made.attention[0].reason
        assert (made.registrations, made.ideas) == ((), ())


def test_the_same_mail_again_without_a_thread_is_a_person_who_clicked_twice() -> None:
    """Only replies to us are looked at, and only those of the last hour."""
    assert plan(letter(SIGN_UP), Known(**kept(SIGN_UP, ""))).answer  # type: ignore[arg-type]
    long_ago = {"recent": dict.fromkeys(kept(SIGN_UP)["recent"], NOW - 2 * HOUR)}
    assert plan(letter(SIGN_UP, "Re: Ihre Zugangsdaten"), replying(**long_ago)).answer
