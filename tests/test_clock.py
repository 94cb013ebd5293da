"""Deadlines and days are the event's, whatever zone the machine is in and wherever its clock jumps."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mailflow.cli import call
from mailflow.defaults import EXAMPLE
from mailflow.desk import Desk
from mailflow.status import read_status
from tests.servers.installation import Installation
from tests.servers.mailbox import Mailbox, letter
from tests.servers.sink import Sink
from tests.servers.workplace import Clock, Workplace, sink_settings

Explained = Callable[[str, Path, str], dict[str, Any]]
ZONES = ("UTC", "Pacific/Kiritimati", "America/Los_Angeles", "Asia/Kathmandu")
IDEA = b"""From: Anna <anna@web.example>
Message-ID: <idee@web.example>
Date: Wed, 10 Mar 2021 12:00:00 +0100
Subject: Idee

Guten Tag, meine Idee: ein Sprachcafe am Nachmittag.
"""


@pytest.fixture
def explained(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Explained]:
    """What a machine in a zone makes of a mail at a moment."""

    def explain(zone: str, mail: Path, now: str) -> dict[str, Any]:
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert call(["explain", "--json", "--config", str(EXAMPLE), "--now", now, str(mail)]) == 0
        found: dict[str, Any] = json.loads(capfd.readouterr().out)
        return found

    yield explain
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2021-03-10T23:59:59", "2021-03-11T00:00:00"),  # ideas are collected to the end of 10 March
        ("2021-03-17T16:29:59", "2021-03-17T16:30:01"),  # the event ends
    ],
)
def test_a_deadline_falls_at_the_same_moment_everywhere(
    before: str, after: str, tmp_path: Path, explained: Explained
) -> None:
    """To the second, and what is said about it is the same to the letter."""
    mail = tmp_path / "idea.eml"
    mail.write_bytes(IDEA)
    told = [[explained(zone, mail, now)["reply"] for zone in ZONES] for now in (before, after)]
    for replies in told:
        assert [reply for reply in replies if reply != replies[0]] == []
    assert told[0][0] != told[1][0]


@pytest.mark.dovecot
@pytest.mark.parametrize("zone", ZONES[1:3])
def test_a_service_far_away_keeps_the_times_of_the_event(
    zone: str, tmp_path: Path, mailbox: Mailbox, sink: Sink
) -> None:
    """What it notes is in the event's zone, and the status in UTC."""
    installation = Installation.make(tmp_path, mailbox, sink.port, smtp_login=False)
    mailbox.deliver(letter("Anmeldung", "Ich melde mich zur Zoom-Konferenz an.\r\nAnna", "anna@web.example"))
    process = installation.start("run", "--once", environment={"TZ": zone})
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    here = datetime.now(ZoneInfo("Europe/Berlin")).utcoffset()
    with installation.store() as store:
        assert [each.when.utcoffset() for each in store.registrations()] == [here]
    noted = read_status(installation.store_path)
    assert noted
    assert noted.polled
    assert abs(datetime.now(UTC) - noted.polled) < timedelta(minutes=5)


@pytest.mark.dovecot
@pytest.mark.parametrize("jump", [timedelta(days=-30), timedelta(hours=-5), timedelta(days=400)])
def test_answers_go_out_after_a_jump_of_the_clock(
    jump: timedelta, desk: Desk, tmp_path: Path, mailbox: Mailbox
) -> None:
    """An answer was put off under a wrong clock: set right, it goes out at once and once."""
    clock = Clock(datetime(2021, 3, 1, 12, 0, tzinfo=UTC))
    mailbox.deliver(letter("Anmeldung", "Ich melde mich zur Zoom-Konferenz an.\r\nAnna", "anna@web.example"))
    with Sink(fault=lambda command, _: "450 later" if command == "RCPT" else None) as busy:
        place = Workplace(desk, tmp_path / "m.json", mailbox.settings(), sink_settings(busy.port), clock)
        assert not place.run()
    clock.now += jump
    with Sink() as sink:
        again = replace(place, smtp=sink_settings(sink.port))
        assert again.run()
        assert again.run()
        assert len(sink.taken) == 1
