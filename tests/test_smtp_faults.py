"""What the SMTP server can do to us, over hours: every answer goes out once or comes before a person."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from mailflow.desk import Desk
from mailflow.outbox import Outbox
from mailflow.service.dispatch import Dispatch
from mailflow.service.pauses import login_pause, pause_after
from tests.servers.mailbox import Mailbox, letter
from tests.servers.sink import DROP, Sink
from tests.servers.workplace import Clock, Workplace, sink_settings

pytestmark = pytest.mark.dovecot

Make = Callable[..., Workplace]


@pytest.fixture
def make(desk: Desk, tmp_path: Path, mailbox: Mailbox) -> Make:
    """Mailflow on a mailbox with three sign-ups, sending to a sink."""
    mailbox.deliver(
        *(letter(f"Anmeldung{n}", "Ich melde mich an.", f"anna{n}@web.example") for n in range(3))
    )
    clock = Clock()

    def made(sink: Sink) -> Workplace:
        return Workplace(
            desk, tmp_path / "store.json", mailbox.settings(), sink_settings(sink.port), clock, timeout=2
        )

    return made


def test_pauses_grow_up_to_an_hour() -> None:
    pauses = [pause_after(tries).total_seconds() for tries in range(1, 30)]
    assert pauses == sorted(pauses)
    assert pauses[0] <= 10
    assert pauses[-1] == 3600


def test_a_refused_login_waits_longer() -> None:
    """A minute at first, and never less than before: servers lock out who knocks too often."""
    pauses = [login_pause(tries).total_seconds() for tries in range(1, 30)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (60, 3600)


def test_new_answers_do_not_knock_at_a_closed_door(make: Make) -> None:
    """The login is refused once; ten minutes later by the wall clock, but at once by ours, nobody knocks."""
    with Sink(login=("anna", "geheim")) as sink:
        place = make(sink)
        place.smtp = place.smtp.model_copy(update={"user": "anna", "password": SecretStr("falsch")})
        assert not place.run()
        assert sink.connections == 1
        place.clock.move(minutes=10)
        with place.store(worker=True) as store:
            outbox = Outbox(place.smtp, 2)
            dispatch = Dispatch(outbox, store, place.clock)
            for _ in range(3):
                if due := dispatch.due():
                    dispatch.begin()
                    dispatch.hand_over(due, lambda: True)
                place.clock.move(minutes=10)
            assert dispatch.seconds_left(3600) > 30
        assert sink.connections == 2


def test_the_pause_is_kept_over_a_restart(make: Make) -> None:
    """Each answer has its own count of tries; it is not tried before its time, nor forgotten."""
    with Sink(fault=lambda command, _: "451 4.3.0 later" if command == "MAIL" else None) as sink:
        place = make(sink)
        for tries in range(1, 6):
            assert not place.run()
            with place.store() as store:
                assert [each.tries for each in store.waiting()] == [tries] * 3
            place.clock.now += pause_after(tries) * 0.9
            assert not place.run()  # too early: nothing is tried
            with place.store() as store:
                assert [each.tries for each in store.waiting()] == [tries] * 3
            place.clock.now += pause_after(tries) * 0.2
        sink.fault = lambda command, _: None
        assert place.run()
        assert len(sink.taken) == 3


@pytest.mark.parametrize("command", ["connect", "EHLO", "MAIL", "RCPT", "DATA", ".", "lost"])
@pytest.mark.parametrize(
    "reply", [DROP, "421 4.3.2 going down", "432 4.7.12 too many connections", "451 4.3.0 later"]
)
def test_a_fault_at_any_step_passes(command: str, reply: str, make: Make) -> None:
    """Everything fails there for a while, then nothing: each answer has gone out, with one Message-ID."""
    with Sink(fault=lambda said, _: reply if said.replace("HELO", "EHLO") == command else None) as sink:
        place = make(sink)
        assert not place.run()
        sink.fault = lambda said, _: None
        assert place.run_until_done() <= 2
        assert {each.recipient for each in sink.taken} == {f"anna{n}@web.example" for n in range(3)}
        assert len({each.raw for each in sink.taken}) == 3
        if command != "lost":
            assert len(sink.taken) == 3


@pytest.mark.parametrize(
    ("command", "reply"),
    [("RCPT", "550 5.1.1 unknown"), (".", "552 5.3.4 too big"), (".", "554 5.6.0 no thanks")],
)
def test_a_refusal_for_good_comes_before_a_person(command: str, reply: str, make: Make) -> None:
    """It is not tried again; the registration says that it was not reached."""
    calls = 0

    def refuse(said: str, recipient: str) -> str | None:
        nonlocal calls
        calls += said == command and recipient.startswith("anna1")
        return reply if said == command and recipient.startswith("anna1") else None

    with Sink(fault=refuse) as sink:
        place = make(sink)
        assert place.run()
        place.clock.move(hours=2)
        assert place.run()
        assert calls == 1
        assert [each.recipient for each in sink.taken] == ["anna0@web.example", "anna2@web.example"]
    with place.store() as store:
        assert [(each.address, reply in each.reason) for each in store.attention()] == [
            ("anna1@web.example", True)
        ]
        assert [bool(each.unreached) for each in store.registrations()] == [False, True, False]


def test_an_answer_that_is_put_off_for_days_comes_before_a_person(make: Make) -> None:
    with Sink(fault=lambda said, to: "450 4.2.2 full" if said == "RCPT" and "anna1" in to else None) as sink:
        place = make(sink)
        for _ in range(80):
            if place.run():
                break
            place.clock.move(hours=1)
        assert [each.recipient for each in sink.taken] == ["anna0@web.example", "anna2@web.example"]
    with place.store() as store:
        assert ["450 4.2.2" in each.reason for each in store.attention()] == [True]


def test_a_login_that_is_refused_for_days_gives_nobody_up(make: Make) -> None:
    """It says nothing about the recipients: when the password is right again, everything goes out."""
    with Sink(fault=lambda said, _: "535 5.7.8 expired" if said == "MAIL" else None) as sink:
        place = make(sink)
        for _ in range(100):
            assert not place.run()
            place.clock.move(hours=1)
        sink.fault = lambda said, _: None
        assert place.run()
        assert len(sink.taken) == 3
    with place.store() as store:
        assert store.attention() == ()
