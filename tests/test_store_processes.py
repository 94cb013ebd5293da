"""Real processes on one store: killed at any moment, out of disk, several at once, under any umask."""

import itertools
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from mailflow.errors import StoreBusy
from mailflow.store import Store, locks, storage
from tests.store_samples import BERLIN, NOON, keep, kept, kept_at

WRITER = """
import sys
from pathlib import Path
from mailflow.store import Store
from tests.store_samples import BERLIN, keep
path, first, worker = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "worker"
store = Store.open(path, BERLIN, worker=worker)
for number in range(first, first + int(sys.argv[4])):
    keep(store, number)
    print(number, flush=True)
    if number % 7 == 0:
        store.rows.storage.checkpoint(always=True)
store.close()
"""


def write_until_killed(path: Path, name: str, point: int, told: Connection) -> None:
    """In a process of its own: keep mails; die at the n-th call of a function of `os`, or in its middle."""
    real, calls = getattr(os, name), itertools.count(1)

    def fatal(*args: Any, **named: Any) -> Any:
        if next(calls) == point:
            if name == "pwrite":
                real(args[0], bytes(args[1])[: len(args[1]) // 2], args[2])
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **named)

    setattr(os, name, fatal)
    store = Store.open(path, BERLIN, worker=True)
    for number in range(10):
        keep(store, number)
        told.send(number)
        if number % 7 == 0:
            store.tidy()
    store.close()


def start(path: Path, first: int, role: str, count: int) -> "subprocess.Popen[str]":
    """A process that keeps mails and says each number when it is durable."""
    words = [sys.executable, "-c", WRITER, str(path), str(first), role, str(count)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def said(process: "subprocess.Popen[str]") -> list[int]:
    """All the numbers it has not said yet, once it has ended."""
    assert process.stdout
    numbers = [int(line) for line in process.stdout]
    process.wait(timeout=60)
    return numbers


def test_killed_at_random(tmp_path: Path) -> None:
    """What was acknowledged is there; of what was under way, the whole or nothing; and it goes on at once."""
    path = tmp_path / "data" / "mailflow.json"
    chance, count = random.Random(5), 0
    for _ in range(12):
        process = start(path, count, "worker", 100_000)
        assert process.stdout
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.08))
        process.kill()
        told = [count, *said(process)]
        found = kept_at(path)
        assert found == list(range(len(found)))
        assert told[-1] + 1 <= len(found) <= told[-1] + 2
        count = len(found)
    assert count > 30


@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("pwrite", range(1, 24)),
        ("fsync", range(1, 14)),
        ("fdatasync", range(1, 11)),
        ("replace", range(1, 5)),
        ("link", range(1, 5)),
    ],
)
def test_killed_at_each_step(tmp_path: Path, name: str, points: Sequence[int]) -> None:
    """Before each write (or in its middle), sync, rename and link of a new store's life."""
    path = tmp_path / "data" / "mailflow.json"
    fork = multiprocessing.get_context("fork")
    for point in points:
        ours, theirs = fork.Pipe(duplex=False)
        process = fork.Process(target=write_until_killed, args=(path, name, point, theirs))
        process.start()
        theirs.close()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL, (name, point)
        told = 0
        with suppress(EOFError):
            while ours.recv() == told:
                told += 1
        ours.close()
        found = kept_at(path)
        assert found == list(range(len(found))), (name, point)
        assert told <= len(found) <= told + 1, (name, point)
        with Store.open(path, BERLIN, worker=True) as store:
            keep(store, len(found))
        assert kept_at(path) == list(range(len(found) + 1)), (name, point)
        for file in path.parent.iterdir():
            file.unlink()


def test_two_write_at_once(tmp_path: Path) -> None:
    """A worker and two desks, each with checkpoints of its own: every write of every one is there once."""
    path = tmp_path / "data" / "mailflow.json"
    writers = [
        start(path, first, role, 60) for first, role in ((1000, "worker"), (2000, "desk"), (3000, "desk"))
    ]
    seen = 0
    reader = Store.open(path, BERLIN)
    while any(writer.poll() is None for writer in writers):
        found = len(kept(reader))
        fresh = len(kept_at(path))
        assert seen <= found <= fresh
        seen = found
    assert [said(writer) for writer in writers] == [
        list(range(first, first + 60)) for first in (1000, 2000, 3000)
    ]
    assert sorted(kept_at(path)) == sorted(
        n for first in (1000, 2000, 3000) for n in range(first, first + 60)
    )
    assert sorted(kept(reader)) == sorted(kept_at(path))


def test_a_killed_worker_leaves_no_lock(tmp_path: Path) -> None:
    """The next worker starts at once; while it lives, another one is told its process number."""
    path = tmp_path / "data" / "mailflow.json"
    process = start(path, 0, "worker", 100_000)
    assert process.stdout
    process.stdout.readline()
    with pytest.raises(StoreBusy, match=f"Prozess {process.pid}"):
        Store.open(path, BERLIN, worker=True)
    process.kill()
    process.communicate()
    Store.open(path, BERLIN, worker=True).close()


def test_lock_files_deleted(tmp_path: Path) -> None:
    """Somebody "frees" the store by deleting the locks: still one write at a time, one worker at a time."""
    path = tmp_path / "data" / "mailflow.json"
    worker, desk = Store.open(path, BERLIN, worker=True), Store.open(path, BERLIN)
    for number in range(0, 6, 2):
        keep(worker, number)
        path.with_suffix(".lock").unlink()
        path.with_suffix(".worker").unlink()
        keep(desk, number + 1)
    worker.batch(NOON)  # takes the lock again
    with pytest.raises(StoreBusy, match=f"Prozess {os.getpid()}"):
        Store.open(path, BERLIN, worker=True)
    path.with_suffix(".worker").unlink()
    second = Store.open(path, BERLIN, worker=True)
    with pytest.raises(StoreBusy):
        worker.batch(NOON)
    assert kept(second) == kept(worker) == kept(desk) == list(range(6))
    for store in (worker, second, desk):
        store.close()


def test_a_process_that_hangs_in_a_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others wait for it for a while, and say so then instead of hanging too."""
    path = tmp_path / "data" / "mailflow.json"
    hanging, other = Store.open(path, BERLIN), Store.open(path, BERLIN)
    monkeypatch.setattr(locks, "PATIENCE_SECONDS", 0.1)
    with hanging.rows.together(), pytest.raises(StoreBusy, match="schreibt seit"):
        keep(other, 0)
    keep(other, 0)
    assert kept(other) == kept(hanging) == [0]


def test_a_journal_that_grows_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint in the middle of work; if that one fails, what was written is no less durable."""
    path = tmp_path / "data" / "mailflow.json"
    monkeypatch.setattr(storage, "TOO_LONG", 2000)
    store = Store.open(path, BERLIN)
    for number in range(9):
        if number == 6:
            path.with_name("mailflow.json.new").mkdir()
        keep(store, number)
    assert kept_at(path) == list(range(9))
    assert len(list(path.parent.glob("mailflow.0*.json"))) == 2
    store.db.close()


FULL = """
import resource, sys
from pathlib import Path
from mailflow.errors import TryLater
from mailflow.store import Store
from tests.store_samples import BERLIN, keep
path = Path(sys.argv[1])
journal = path.with_suffix(".journal")

def room(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

def refused(work):
    before = [(each.name, each.stat().st_size) for each in path.parent.glob("*.j*")]  # .json, .journal
    try:
        work()
    except TryLater:
        pass
    else:
        sys.exit("not refused")
    assert [(each.name, each.stat().st_size) for each in path.parent.glob("*.j*")] == before

with Store.open(path, BERLIN, worker=True) as store:
    for size in (0, 60, 150):
        room(size)
        refused(lambda: keep(store, 0))
        assert store.registrations() == ()
    room(resource.RLIM_INFINITY)
    for number in range(4):
        keep(store, number)
    full = journal.stat().st_size
    for more in range(0, 700, 50):
        room(full + more)
        refused(lambda: keep(store, 4))
        assert len(store.registrations()) == 4
    for size in range(0, 2400, 150):
        room(size)
        refused(lambda: store.rows.storage.checkpoint(always=True))
    assert len(store.registrations()) == 4
    room(resource.RLIM_INFINITY)
    keep(store, 4)
    room(0)
"""


def test_disk_full(tmp_path: Path) -> None:
    """Nothing half-written counts or stays, it says to try later, and goes on when there is room again."""
    path = tmp_path / "data" / "mailflow.json"
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert kept_at(path) == list(range(5))


def test_private_under_any_umask(tmp_path: Path) -> None:
    """Personal data: files 0600 and the folder 0700, though the umask would allow everything."""
    path = tmp_path / "data" / "mailflow.json"
    before = os.umask(0)
    try:
        for number in range(4):
            with Store.open(path, BERLIN, worker=True) as store:
                keep(store, number)
    finally:
        os.umask(before)
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == dict.fromkeys(
        [file.name for file in path.parent.iterdir()], 0o600
    )
    assert len(list(path.parent.iterdir())) > 6
