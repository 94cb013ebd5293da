"""What the store costs at 100 and at 100,000 records: durable batches, start-up, look-ups, checkpoint.

usage: python -m tests.bench.store [RECORDS…]        each record is a mail, a registration and an answer
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from mailflow.model import Waiting
from mailflow.store import Store
from mailflow.store.records import note, to_row
from tests.store_samples import BERLIN, NOON, letter, plan, registration

RAW = b"Subject: Zugang\r\n\r\n" + b"Guten Tag, hier sind die Zugangsdaten.\r\n" * 150  # 6 kB


def fill(store: Store, mails: int) -> None:
    """Rows as they are months later: everything sent."""
    rows: dict[str, dict[str, Any]] = {"mails": {}, "registrations": {}, "answers": {}}
    for number in range(mails):
        when = NOON + timedelta(seconds=number)
        made = registration(f"r{number}", f"person{number}@web{number % 50}.example", when=when)
        planned = plan(f"d{number}", made, answer=f"<a{number}@us>", arrived=when)
        sent = Waiting(f"<a{number}@us>", made.address, b"", planned.digest, "access", when)
        rows["mails"][planned.digest] = to_row(note(planned, when), store.zone)
        rows["registrations"][made.id] = to_row(made, store.zone)
        answer = {**to_row(sent, store.zone), "about": [made.id], "sent": when.isoformat(), "why": ""}
        rows["answers"][sent.message_id] = {**answer, "state": "sent"}
    store.rows.write(rows)


def keep(store: Store, first: int, count: int) -> None:
    """One batch of mails, each with a registration and an answer of 6 kB."""
    now = NOON + timedelta(days=30)
    batch = store.batch(now)
    for number in range(first, first + count):
        made = registration(f"r{number}", f"person{number}@web.example")
        batch.known(letter(f"d{number}", made.address))
        answer = Waiting(f"<a{number}@us>", made.address, RAW, f"d{number}", "access", now)
        batch.add(plan(f"d{number}", made, answer=answer.message_id), answer)
    batch.commit()


def append_to(path: Path) -> Callable[[int], object]:
    """The yardstick: what the disk takes for as many bytes as one batch has, and nothing else."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT)

    def append(number: int) -> None:
        os.pwrite(handle, b"x" * 8000, number * 8000)
        os.fdatasync(handle)

    return append


class Clock:
    """Median and worst of each piece of work, in milliseconds."""

    def __init__(self, title: str) -> None:
        self.title, self.times = title, {}  # type: str, dict[str, list[float]]

    @contextmanager
    def run(self, what: str) -> Any:
        start = time.perf_counter()
        yield
        self.times.setdefault(what, []).append(1000 * (time.perf_counter() - start))

    def each(self, what: str, work: Callable[[int], object], times: int = 200) -> None:
        for number in range(times):
            with self.run(what):
                work(number)


def measure(clock: Clock, path: Path, mails: int) -> None:
    """Everything, on one store."""
    with Store.open(path, BERLIN, worker=True) as store:
        fill(store, mails)
    for _ in range(3):
        with clock.run("start-up"):
            store = Store.open(path, BERLIN, worker=True)
        store.close()
    store = Store.open(path, BERLIN, worker=True)
    first = iter(range(mails, 10**9, 100))
    clock.each("a bare append and sync", append_to(path.with_suffix(".bare")))
    clock.each("batch of 1", lambda _: keep(store, next(first), 1))
    clock.each("batch of 20", lambda _: keep(store, next(first), 20), 40)
    waiting = [each.message_id for each in store.waiting()]
    clock.each("sent (1)", lambda number: store.sent([waiting[number]], NOON))
    clock.each("sent (20)", lambda n: store.sent(waiting[200 + 20 * n : 220 + 20 * n], NOON), 20)
    clock.each("filed, by digest", lambda number: store.filed(letter(f"d{number}")))
    batch = store.batch(NOON)
    clock.each("known, by address", lambda n: batch.known(letter("x", f"person{n}@web{n % 50}.example")))
    clock.each("known, by thread", lambda n: batch.known(letter("x", "x@y.example", thread=f"<a{n}@us>")))
    with clock.run("checkpoint"):
        store.close()
    clock.times["JSON file, MB"] = [path.stat().st_size / 1e6]


def main(sizes: Sequence[int] = (102, 100_002)) -> None:
    """Print a table: one column a size, and the last one against the first."""
    clocks = []
    for mails in (size // 3 for size in sizes):
        with tempfile.TemporaryDirectory() as folder:
            clocks.append(Clock(f"{3 * mails:,} records"))
            measure(clocks[-1], Path(folder) / "mailflow.json", mails)
    print(f"{'median (worst) in ms':22}", *(f"{clock.title:>22}" for clock in clocks), "  ratio")
    for what in clocks[0].times:
        middle = [statistics.median(clock.times[what]) for clock in clocks]
        cells = [f"{m:9.3f} ({max(clock.times[what]):8.2f})" for m, clock in zip(middle, clocks, strict=True)]
        print(f"{what:22}", *(f"{cell:>22}" for cell in cells), f"{middle[-1] / middle[0]:7.1f}")


if __name__ == "__main__":
    main(*([[int(word) for word in sys.argv[1:]]] if sys.argv[1:] else []))
