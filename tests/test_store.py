"""The store as the other rooms use it, on real files."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tinydb import Query, TinyDB

from mailflow.errors import StoreBusy
from mailflow.model import Attention, Idea
from mailflow.store import Store
from tests.store_samples import BERLIN, NOON, letter, plan, registration, waiting


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "mailflow.json"


def test_a_mail_is_dealt_with_once(path: Path) -> None:
    """Records, note and answer become durable together; afterwards the mail is only filed again."""
    idea = Idea("i1", "Ein Café", "suggestion", "Renate", "renate@web.example", NOON, True, "d1")
    notice = Attention("n1", "renate@web.example", "Anmeldung", "unklar", NOON, "d1")
    with Store.open(path, BERLIN, worker=True) as store:
        batch = store.batch(NOON)
        assert batch.filed(letter()) is None
        assert batch.add(plan("d1", registration(), ideas=(idea,), attention=(notice,)), waiting())
        assert not batch.add(plan("d1", registration("r2")), waiting("<a2@us>"))
        assert batch.filed(letter()) == "done"
        assert store.filed(letter()) is None
        batch.commit()
        assert store.filed(letter()) == "done"
    with Store.open(path, BERLIN) as store:
        assert store.registrations() == (registration(),)
        assert store.ideas() == (idea,)
        assert store.attention() == (notice,)
        assert store.due(NOON) == (waiting(),)
        assert [(note.digest, note.answer, note.folder) for note in store.journal()] == [
            ("d1", "<a1@us>", "done")
        ]
        assert store.filed(letter()) == "done"


def test_what_is_known_of_a_sender(path: Path) -> None:
    """By the address the answer would go to, by the thread, and by what the batch already holds."""
    store = Store.open(path, BERLIN)
    batch = store.batch(NOON)
    batch.add(plan("d1", registration()), waiting())
    for each in (letter("d2"), letter("d3", "other@web.example", reply_to="RENATE@web.example")):
        known = batch.known(each)
        assert known.registrations == (registration(),)
        assert (known.answers_today, known.answers_to_domain, known.answers_last_hour) == (1, 1, 1)
        assert not known.replies_to_us
    batch.commit()
    later = store.batch(NOON + timedelta(minutes=70))
    known = later.known(letter("d4", "son@elsewhere.example", thread="<a1@us>"))
    assert known.registrations == (registration(),)
    assert known.replies_to_us
    assert (known.answers_today, known.answers_to_domain, known.answers_last_hour) == (0, 0, 0)
    assert known.answers_total_today == 1
    report = replace(
        letter("d5", "mailer-daemon@elsewhere.example"), returned="To: x\nMESSAGE-ID:\n <a1@us>\n"
    )
    assert later.known(report).registrations == (registration(),)
    assert not later.known(report).replies_to_us
    changed = registration(persons=3, mail="d5")
    later.add(plan("d5", changed, answer=""), None)
    assert later.known(letter("d6")).registrations == (changed,)
    later.commit()
    assert store.registrations() == (changed,)


def test_a_mail_that_cannot_be_kept_harms_no_other(path: Path) -> None:
    """It raises when it is added, not when the round is written. Odd texts and numbers are kept."""
    store = Store.open(path, BERLIN)
    batch = store.batch(NOON)
    batch.add(plan("d1", registration()), waiting())
    with pytest.raises(TypeError):
        batch.add(plan("d2", registration("r2", organisation={NOON}), answer="<a2@us>"), waiting("<a2@us>"))
    assert batch.filed(letter("d2")) is None
    assert batch.known(letter("d2")).registrations == (registration(),)
    odd = registration("r3", name="Zoë \ud83d \x00 \u2028\n", persons=10**30)
    batch.add(plan("d3", odd, answer=""), None)
    batch.commit()
    assert store.registrations() == (registration(), replace(odd, name="Zoë ? \x00 \u2028\n", persons=2**53))
    store.close()
    with Store.open(path, BERLIN) as again:
        assert [note.digest for note in again.journal()] == ["d1", "d3"]


def test_the_day_of_the_limits_is_the_events(path: Path) -> None:
    """23:30 UTC is past midnight in Berlin: a new day for the limits, whatever the machine thinks."""
    store = Store.open(path, BERLIN)
    batch = store.batch(NOON)
    batch.add(plan(), waiting(when=datetime(2021, 3, 2, 22, 30, tzinfo=UTC)))
    batch.add(plan("d2", answer="<a2@us>"), waiting("<a2@us>", when=datetime(2021, 3, 2, 23, 30, tzinfo=UTC)))
    batch.commit()
    for hour, count in ((22, 1), (23, 1)):
        now = datetime(2021, 3, 2, hour, 45, tzinfo=UTC)
        assert store.batch(now).known(letter("d9")).answers_today == count


def test_answers_are_sent_later_or_refused(path: Path) -> None:
    """Pauses survive a restart; a refusal goes before a person; sent bytes are not kept."""
    with Store.open(path, BERLIN, worker=True) as store:
        batch = store.batch(NOON)
        for number in range(3):
            name = f"<a{number}@us>"
            batch.add(
                plan(f"d{number}", registration(f"r{number}"), answer=name),
                waiting(name, digest=f"d{number}"),
            )
        batch.commit()
        store.sent(["<a0@us>"], NOON)
        store.later("<a1@us>", NOON + timedelta(seconds=30), "450 greylisted")
        store.refused("<a2@us>", "550 no such user", NOON)
    with Store.open(path, BERLIN, worker=True) as store:
        assert store.due(NOON) == ()
        (again,) = store.due(NOON + timedelta(seconds=30))
        assert (again.message_id, again.tries) == ("<a1@us>", 1)
        assert store.due(NOON - timedelta(days=300)) == (again,), "the clock was set back"
        (notice,) = store.attention()
        assert (notice.address, notice.subject) == ("renate@web.example", "Zugang für Sie")
        assert "550 no such user" in notice.reason
        assert [each.unreached for each in store.registrations()] == ["", "", "550 no such user"]
        rows = store.db.table("answers").search(Query().state != "waiting")
        assert [row["raw"] for row in rows] == ["", ""]


def test_failures_are_counted_over_restarts(path: Path) -> None:
    """Three tries are three, even if each ends in a restart; success forgets them; retry forgets the mail."""
    for count in (1, 2):
        with Store.open(path, BERLIN, worker=True) as store:
            assert store.note_failure("d1", "KeyError", NOON).count == count
    store = Store.open(path, BERLIN)
    batch = store.batch(NOON)
    batch.add(plan(), None)
    batch.commit()
    assert store.note_failure("d1", "KeyError", NOON).count == 1
    store.forget("d1")
    assert store.filed(letter()) is None
    assert store.note_failure("d1", "KeyError", NOON).count == 1


def test_one_worker_at_a_time(path: Path) -> None:
    """A second worker is told who is there; phone sign-ups go on."""
    with Store.open(path, BERLIN, worker=True) as worker:
        with pytest.raises(StoreBusy, match=r"Prozess \d+.*kill"):
            Store.open(path, BERLIN, worker=True)
        desk = Store.open(path, BERLIN)
        batch = desk.batch(NOON)
        batch.add(plan("", registration("phone", address="", mail=""), answer=""), None)
        batch.commit()
        assert [each.id for each in worker.registrations()] == ["phone"]
        assert worker.journal() == ()


def test_anybody_can_open_the_file(path: Path) -> None:
    """The checkpoint is a plain TinyDB file, umlauts readable, for our user only."""
    with Store.open(path, BERLIN, worker=True) as store:
        batch = store.batch(NOON)
        batch.add(plan("d1", registration()), waiting())
        batch.commit()
    assert "Renate Müller" in path.read_text("utf-8")
    assert TinyDB(path).table("registrations").all()[0]["persons"] == 2
    assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700
