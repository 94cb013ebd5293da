"""What the service sees to between the mails, and what ends it."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailflow.desk import Desk
from mailflow.model import Known, Letter, Mail, Plan, Waiting
from mailflow.service.housekeeping import Housekeeping
from mailflow.store import Store
from tests.servers.installation import Installation
from tests.servers.mailbox import Mailbox
from tests.servers.serving import ended, eventually, serving, sign_up, until_connected
from tests.servers.sink import Sink
from tests.servers.workplace import Workplace, sink_settings
from tests.store_samples import plan as noted_plan

MOMENT = datetime(2021, 3, 1, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class ForgetfulDesk(Desk):
    """Of one mail it makes a plan that no store can write."""

    def plan(self, mail: Mail, letter: Letter, known: Known, now: datetime) -> tuple[Plan, Waiting | None]:
        plan, answer = super().plan(mail, letter, known, now)
        return (replace(plan, likeness=(object(),)) if "7" in letter.subject else plan), answer  # type: ignore[arg-type]


@pytest.mark.dovecot
def test_what_cannot_be_written_is_set_aside(
    desk: Desk, tmp_path: Path, mailbox: Mailbox, sink: Sink
) -> None:
    """After three tries, and the mails beside it are answered at once."""
    forgetful = ForgetfulDesk(desk.rules, desk.templates, desk.office)
    place = Workplace(forgetful, tmp_path / "m.json", mailbox.settings(), sink_settings(sink.port))
    mailbox.deliver(sign_up(1), sign_up(7), sign_up(2))
    place.run_until_done()
    assert [each.recipient for each in sink.taken] == ["anna1@web.example", "anna2@web.example"]
    assert mailbox.folder("Mailflow/Failed") == [sign_up(7)]
    assert mailbox.folder("INBOX") == []
    with place.store() as store:
        assert ["TypeError" in each.reason for each in store.attention()] == [True]


@pytest.mark.dovecot
def test_a_store_that_another_serves_ends_it_clearly(installation: Installation, sink: Sink) -> None:
    """Somebody deleted the lock's file, and a second worker came in: the first one leaves it the field."""
    with serving(installation) as first:
        until_connected(first)
        installation.store_path.with_suffix(".worker").unlink()
        installation.mailbox.deliver(sign_up(1))
        with serving(installation) as second:
            eventually(lambda: first.poll() is not None or second.poll() is not None)
            loser, winner = (first, second) if first.poll() is not None else (second, first)
            said, _ = loser.communicate(timeout=10)
            assert loser.returncode == 75
            assert "Ein anderes Mailflow" in said
            eventually(lambda: len(sink.taken) == 1)
            assert ended(winner, 10)[0] == 0


@pytest.mark.dovecot
def test_what_the_store_mends_while_it_runs_is_logged(installation: Installation, sink: Sink) -> None:
    """Somebody empties the journal: it is written anew from memory, and the log says so."""
    installation.mailbox.deliver(sign_up(1))
    with serving(installation) as process:
        eventually(lambda: len(sink.taken) == 1)
        eventually(lambda: installation.mailbox.folder("INBOX") == [])
        journal = installation.store_path.with_suffix(".journal")
        process.send_signal(signal.SIGSTOP)
        journal.write_bytes(b"")
        process.send_signal(signal.SIGCONT)
        installation.mailbox.deliver(sign_up(2))
        eventually(lambda: len(sink.taken) == 2)
        code, said = ended(process, 10)
    assert code == 0, said
    assert said.count("mended ") == 1
    with installation.store() as store:
        assert len(store.registrations()) == 2


def test_a_full_disk_while_tidying_is_no_end(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A process that may write no long file: tidying fails, and is told; the same store works on."""
    program = f"""
import resource, sys
from datetime import datetime, UTC
from pathlib import Path
from mailflow import log
from mailflow.service.housekeeping import Housekeeping
from mailflow.store import Store
import signal
log.begin()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = Store.open(Path({str(tmp_path / "m.json")!r}), "Europe/Berlin", worker=True)
house = Housekeeping(store)
for number in range(30):
    store.note_failure(f"digest{{number}}", "x", datetime.now(UTC))
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
house.tidy()
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert store.note_failure("digest1", "x", datetime.now(UTC))
house.tidy()
store.close()
"""
    done = subprocess.run([sys.executable, "-c", program], check=False)
    told = capfd.readouterr().err
    assert done.returncode == 0, told
    assert told.count("trouble ") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root writes as somebody else")
def test_what_root_writes_the_service_can_read(tmp_path: Path) -> None:
    """`mailflow add`, `retry` or `check --restore` by root: every file stays the owner's of the folder."""
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    os.chown(folder, 65534, 65534)
    with Store.open(folder / "m.json", "Europe/Berlin", worker=True) as store:
        batch = store.batch(MOMENT)
        batch.add(noted_plan("d1"), None)
        batch.commit()
        Housekeeping(store).tidy()
        store.note_failure("digest", "x", MOMENT)
        Housekeeping(store).tidy()
    assert len(list(folder.iterdir())) >= 5
    assert {each.stat().st_uid for each in folder.iterdir()} == {65534}


def test_the_last_word_reaches_the_journal_as_an_error(tmp_path: Path) -> None:
    """Where stderr is the journal, what ends the program has a priority; elsewhere it is plain."""
    command = [sys.executable, "-m", "mailflow", "run", "--config", str(tmp_path / "none.toml")]
    with (tmp_path / "journal").open("w") as journal:
        there = os.fstat(journal.fileno())
        environment = {**os.environ, "JOURNAL_STREAM": f"{there.st_dev}:{there.st_ino}"}
        done = subprocess.run(command, stderr=journal, env=environment, check=False)
    assert done.returncode == 78
    lines = (tmp_path / "journal").read_text("utf-8").splitlines()
    assert lines
    assert all(line.startswith("<3>mailflow: ") for line in lines)
    plain = subprocess.run(command, capture_output=True, text=True, check=False)
    assert plain.stderr.startswith("mailflow: ")
