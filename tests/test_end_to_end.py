"""The whole service on real servers: 120 mails come in over Dovecot, the answers go out by submission."""

import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from tinydb import TinyDB

from mailflow.letter import read_letter
from tests.corpus.build_eml import build
from tests.servers.cyrus import Cyrus
from tests.servers.dovecot import Dovecot
from tests.servers.installation import Installation
from tests.servers.mailbox import Mailbox
from tests.servers.sink import Sink, Taken

pytestmark = pytest.mark.dovecot

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "corpus" / "dev.jsonl").read_text("utf-8").splitlines()
    if line
]
FOLDERS = ("Done", "Attention", "Automatic", "Failed")


@pytest.fixture
def installation(tmp_path: Path, mailbox: Mailbox, dovecot: Dovecot) -> Installation:
    return Installation.make(tmp_path, mailbox, dovecot.submission, poll_seconds=2)


@pytest.fixture
def outgoing(relay: Sink) -> Iterator[Sink]:
    """Where the answers arrive, behind Dovecot's submission service."""
    relay.taken.clear()
    yield relay
    relay.taken.clear()


def deliver(mailbox: Mailbox, mails: Sequence[dict[str, Any]] = CASES) -> dict[str, dict[str, Any]]:
    """Mails of the corpus, arrived when they were written. Their cases by digest."""
    box = mailbox.open()
    cases = {}
    for case in mails:
        raw = re.sub(rb"\r?\n", b"\r\n", build(case))
        box.append(raw, "INBOX", datetime.fromisoformat(case["date"]))
        cases[read_letter(raw).digest] = case
    box.logout()
    return cases


def filed(mailbox: Mailbox) -> Counter[str]:
    """The digests of everything in our folders."""
    return Counter(
        read_letter(raw).digest for folder in FOLDERS for raw in mailbox.folder(f"Mailflow/{folder}")
    )


def answered(answers: Sequence[Taken]) -> Counter[str]:
    """How often each mail (its Message-ID) was answered; equal answers count once."""
    unique = {message_from_bytes(each.raw)["Message-ID"]: each for each in answers}
    return Counter(str(message_from_bytes(each.raw)["In-Reply-To"]) for each in unique.values())


def check_outcome(installation: Installation, cases: dict[str, dict[str, Any]], outgoing: Sink) -> None:
    """Nothing is left, nothing is lost, no machine was answered, every person was heard."""
    mailbox = installation.mailbox
    assert mailbox.folder("INBOX") == []
    assert filed(mailbox) == Counter(dict.fromkeys(cases, 1))
    answers = answered(outgoing.taken)
    with installation.store() as store:
        before_a_person = {notice.mail for notice in store.attention()}
        word = {noted.digest: noted for noted in store.journal()}
        assert store.waiting() == ()
    assert set(word) == set(cases)
    silent = []
    for digest, case in cases.items():
        times = answers[word[digest].message_id] if word[digest].message_id else 0
        assert times <= 1, case["id"]
        if case["expect"]["auto"]:
            assert not times, f"{case['id']} was written by a machine and got an answer"
        elif not times and digest not in before_a_person:
            silent += [case["id"]] if "thanks only" not in case["note"] else []
    assert silent == [], "neither answered nor before a person"
    assert TinyDB(installation.store_path).tables() >= {"registrations", "ideas", "attention", "mails"}


def test_once_answers_everything_and_a_second_time_nothing(
    installation: Installation, outgoing: Sink
) -> None:
    cases = deliver(installation.mailbox)
    code, said = installation.run("run", "--once")
    assert code == 0, said
    check_outcome(installation, cases, outgoing)
    before = len(outgoing.taken)
    code, said = installation.run("run", "--once")
    assert code == 0, said
    assert len(outgoing.taken) == before


def test_once_on_cyrus(tmp_path: Path, cyrus: Cyrus) -> None:
    """A server of another make, and a sink without login."""
    with Sink() as sink:
        installation = Installation.make(tmp_path, cyrus.mailbox(), sink.port, smtp_login=False)
        cases = deliver(installation.mailbox, CASES[:60])
        code, said = installation.run("run", "--once")
        assert code == 0, said
        check_outcome(installation, cases, sink)


@pytest.mark.parametrize("moment", [1, 30, 60])
def test_killed_in_the_middle_and_started_again(
    moment: int, installation: Installation, outgoing: Sink
) -> None:
    """SIGKILL after so many answers: at the end each mail is dealt with once, at most one answered twice."""
    cases = deliver(installation.mailbox)
    process = installation.start("run")
    end = time.monotonic() + 120
    while len(outgoing.taken) < moment:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.002)
    process.kill()
    process.communicate()
    code, said = installation.run("run", "--once")
    assert code == 0, said
    check_outcome(installation, cases, outgoing)
    ids = Counter(message_from_bytes(each.raw)["Message-ID"] for each in outgoing.taken)
    assert sum(ids.values()) - len(ids) <= 1
    with installation.store() as store:
        assert len({each.id for each in store.registrations()}) == len(store.registrations())
