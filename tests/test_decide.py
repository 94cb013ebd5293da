"""What is decided about a mail: template, folder, record, attention, limits."""

from datetime import datetime, timedelta

import pytest

from mailflow.model import Known, Limits
from tests.answers import LATE, NOW, PAST
from tests.desk import letter, plan, registration

SIGN_UP = "Hiermit melde ich mich zur Konferenz am 17. März an."


@pytest.mark.parametrize(
    ("text", "template", "folder", "access"),
    [
        (SIGN_UP, "access", "done", True),
        ("Ich komme am 16. gern zum Ausprobieren, am 17. kann ich leider nicht.", "practice", "done", True),
        ("Ich schlage ein Sprachcafé vor.", "idea", "done", False),
        ("Ich sage meine Teilnahme wieder ab.", "cancelled", "done", False),
        ("Ich habe noch keine Zugangsdaten bekommen.", "again", "attention", True),
        ("Wie lange dauert die Veranstaltung?", "question", "attention", False),
        (SIGN_UP + " Muss ich die Kamera anhaben?", "access", "attention", True),
        ("Blauer Himmel, grüne Wiesen.", "unclear", "attention", False),
    ],
)
def test_each_wish_gets_its_answer(text: str, template: str, folder: str, access: bool) -> None:
    """The access data go only to people who want to come."""
    made = plan(letter(text))
    assert made.answer
    assert (made.answer.template, made.folder, made.answer.access) == (template, folder, access)
    assert any(each.state == "open" for each in made.attention) == (folder == "attention")


def test_after_the_event_nobody_is_signed_up() -> None:
    """A kind word instead of a link that leads nowhere."""
    made = plan(letter(SIGN_UP), arrived=PAST)
    assert made.answer
    assert made.answer.template == "over"
    assert made.registrations == ()


@pytest.mark.parametrize(("arrived", "in_time"), [(NOW, True), (LATE, False)])
def test_the_deadline_is_judged_by_the_arrival(arrived: datetime, in_time: bool) -> None:
    """Until 10 March, that day included."""
    made = plan(letter("Ich schlage ein Sprachcafé vor."), arrived=arrived)
    assert [idea.in_time for idea in made.ideas] == [in_time]
    assert made.answer
    assert made.answer.values["in_time"] is in_time


def test_two_people_of_one_address_are_two_registrations() -> None:
    """Hans does not overwrite Renate."""
    known = Known(registrations=(registration(),))
    made = plan(
        letter(SIGN_UP + "\n\nViele Grüße\nHans Brandt", sender="Hans Brandt <renate@web.example>"), known
    )
    assert [each.id != "r1" for each in made.registrations] == [True]
    assert [each.name for each in made.registrations] == ["Hans Brandt"]


def test_the_same_person_again_is_the_same_registration() -> None:
    """A second mail changes the first, it does not count twice."""
    known = Known(registrations=(registration(),))
    made = plan(letter(SIGN_UP), known)
    assert [(each.id, each.persons) for each in made.registrations] == [("r1", 2)]


def test_a_cancelled_registration_comes_back() -> None:
    """With what the new mail says."""
    known = Known(registrations=(registration(state="cancelled", practice=True),))
    (after,) = plan(letter(SIGN_UP), known).registrations
    assert (after.id, after.state, after.persons, after.practice) == ("r1", "registered", 1, False)


@pytest.mark.parametrize(
    "known",
    [
        Known(answers_today=5),
        Known(answers_to_domain=100),
        Known(answers_last_hour=200),
        Known(answers_total_today=1000),
    ],
)
def test_over_a_limit_a_person_decides(known: Known) -> None:
    """Nothing goes out, the sign-up is recorded, the organiser sees why."""
    made = plan(letter(SIGN_UP), known)
    assert made.answer is None
    assert made.registrations
    assert "Grenze erreicht" in made.attention[0].reason
    assert made.folder == "attention"


def test_below_the_limits_the_answer_goes_out() -> None:
    """The last one allowed is still sent."""
    limits = Limits()
    assert plan(letter(SIGN_UP), Known(answers_today=limits.address_per_day - 1)).answer


@pytest.mark.parametrize(
    ("headers", "to"),
    [
        ({}, "renate@web.example"),
        ({"Reply_To": "neu@web.example"}, "neu@web.example"),
        ({"Reply_To": "a@web.example, b@web.example"}, "renate@web.example"),
        ({"Reply_To": "kennenlernen@diakonie.example"}, None),
    ],
)
def test_the_answer_goes_to_one_plain_address(headers: dict[str, str], to: str | None) -> None:
    """Reply-To where it is one, else From; to ourselves never."""
    made = plan(letter(SIGN_UP, **headers))
    assert (made.answer.to.addr if made.answer else None) == to
    assert bool(made.attention) == (to is None)


def test_a_plan_is_the_same_each_time() -> None:
    """The same mail leads to the same record and the same Message-ID, whenever it is read."""
    first, second = plan(letter(SIGN_UP)), plan(letter(SIGN_UP), now=NOW + timedelta(days=1))
    assert first.registrations == second.registrations
    assert first.answer
    assert second.answer
    assert first.answer.message_id == second.answer.message_id
