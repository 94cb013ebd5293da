"""Clocks that are wrong, jump or stand in another zone: what is decided and sent stays the same."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailflow.desk import Desk
from mailflow.letter import read_letter
from mailflow.model import Known, Mail
from mailflow.store import Store
from tests.servers.installation import ROOT
from tests.servers.mailbox import Mailbox, letter
from tests.servers.sink import Sink
from tests.servers.workplace import Workplace, sink_settings
from tests.store_samples import plan, waiting

SIGN_UP = letter("Anmeldung", "Ich melde mich zur Zoom-Konferenz an.", "anna@web.example")
IDEA = letter("Idee", "Meine Idee: ein Sprachcafé am Nachmittag.", "anna@web.example")
MANY_PLANS = """
import sys
from datetime import datetime, timezone
from mailflow.config import example_config
from mailflow.desk import Desk
from mailflow.letter import read_letter
from mailflow.model import Known, Mail
from mailflow.rules import load_rules
from mailflow.templates import load_templates
from tests.test_clock import IDEA, SIGN_UP
config = example_config()
desk = Desk(load_rules(config.files.rules), load_templates(config.files.templates), config.office())
for raw in (SIGN_UP, IDEA):
    for day, hour in ((10, 22), (10, 23), (27, 23), (28, 1), (28, 3)):
        now = datetime(2021, 3, day, hour, 30, tzinfo=timezone.utc)
        said = desk.plan(Mail("1", now, raw), read_letter(raw), Known(), now)
        sys.stdout.write(repr(said) + "\\n")
"""


def test_the_machines_zone_says_nothing() -> None:
    """Plans and answers, to the byte, in three zones, around a deadline and a change of the clocks."""
    said = [
        subprocess.run(
            [sys.executable, "-c", MANY_PLANS],
            cwd=ROOT,
            env={**os.environ, "TZ": zone, "PYTHONHASHSEED": "1"},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for zone in ("Europe/Berlin", "Pacific/Kiritimati", "America/St_Johns")
    ]
    assert said[0].count("\n") == 10
    assert said[0] == said[1] == said[2]


@pytest.mark.parametrize(
    ("arrived", "in_time"),
    [
        (datetime(2021, 3, 10, 22, 59, tzinfo=UTC), True),  # 23:59 where the event is
        (datetime(2021, 3, 10, 23, 0, tzinfo=UTC), False),  # midnight there, still the 10th in UTC
        (datetime(2021, 3, 10, 18, 30, tzinfo=ZoneInfo("America/New_York")), False),
    ],
)
def test_a_deadline_is_midnight_where_the_event_is(arrived: datetime, in_time: bool, desk: Desk) -> None:
    """… however late the mail is read."""
    now = arrived + timedelta(hours=5)
    made, _ = desk.plan(Mail("1", arrived, IDEA), read_letter(IDEA), Known(), now)
    assert [idea.in_time for idea in made.ideas] == [in_time]


def test_a_day_of_limits_is_a_day_where_the_event_is(tmp_path: Path) -> None:
    """Also the one of 23 hours: answers of 28 March 2021 count together from midnight to midnight there."""
    zone = ZoneInfo("Europe/Berlin")
    moments = [
        datetime(2021, 3, 27, 23, 59, tzinfo=zone),
        datetime(2021, 3, 28, 0, 1, tzinfo=zone),
        datetime(2021, 3, 28, 3, 1, tzinfo=zone),
        datetime(2021, 3, 28, 23, 59, tzinfo=zone),
        datetime(2021, 3, 29, 0, 1, tzinfo=zone),
    ]
    with Store.open(tmp_path / "store.json", "Europe/Berlin") as store:
        batch = store.batch(moments[0])
        for number, moment in enumerate(moments):
            answer = waiting(f"<a{number}@us>", "anna@web.example", f"d{number}", moment)
            batch.add(plan(f"d{number}", answer=answer.message_id), answer)
        batch.commit()
        counted = [
            store.batch(now.astimezone(UTC)).known(read_letter(SIGN_UP)).answers_today for now in moments
        ]
    assert counted == [1, 3, 3, 3, 1]


@pytest.mark.dovecot
@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(hours=-3), timedelta(days=400)])
def test_an_answer_waits_for_no_wrong_clock(
    jump: timedelta, desk: Desk, tmp_path: Path, mailbox: Mailbox
) -> None:
    """Put off before the clock jumps, it goes out after the jump, once."""
    mailbox.deliver(SIGN_UP)
    with Sink(fault=lambda command, _: "451 4.3.0 later" if command == "MAIL" else None) as sink:
        place = Workplace(desk, tmp_path / "store.json", mailbox.settings(), sink_settings(sink.port))
        assert not place.run()
        place.clock.now += jump
        sink.fault = lambda command, _: None
        assert place.run()
        assert [each.recipient for each in sink.taken] == ["anna@web.example"]
        assert place.run()
        assert len(sink.taken) == 1
