"""What Mailflow remembers: a TinyDB database that survives whatever happens to the machine.

Two files hold it. The checkpoint (`store.path`, plain TinyDB JSON) is the whole state at one moment; the
journal beside it holds what came since, one durable line per change. Their rules: nothing is acknowledged
before it is on the disk; a line counts whole or not at all; a checkpoint is written beside, synced, renamed;
what looks damaged is mended without loss or refused with a sentence, never begun afresh.

    store.py       Store: the questions and notes of the other rooms
    batch.py       Batch: a round's work, one durable write
    rows.py        rows by their unique value
    index.py       look-ups and the counts for the limits, in memory
    reports.py     what a report of undelivered mail names
    records.py     records of the model <-> rows of the database
    database.py    TinyDB's Database and Table
    storage.py     TinyDB's Storage: several changes, one durable write
    ledger.py      rows in memory, in step with the files and with other processes
    recovery.py    which files make the last good state, or why there is none
    repair.py      verify and restore, for a person
    checkpoint.py  the JSON file
    journal.py     the append-only file
    locks.py       who may write, who may serve
    files.py       names, and steps that survive a power cut
    schema.py      the version of the rows, and how older ones are brought up to it
"""

from mailflow.store.batch import Batch
from mailflow.store.records import Failure, Noted
from mailflow.store.store import Store

__all__ = ["Batch", "Failure", "Noted", "Store"]
