"""Which files make the last good state, or the sentence that says why there is none.

Every checkpoint, together with the journals from its generation to the present one, gives the same state. So
a lost or damaged checkpoint, or an older one put in its place, is made good from an earlier copy as long as
each journal since is there and whole. A lost or damaged journal is never made good: nobody can say what was
in it.
Rule: a fresh start only where nothing at all is left of a store.
"""

import time
from dataclasses import dataclass

from mailflow.errors import Misconfigured
from mailflow.store.checkpoint import Checkpoint, read_checkpoint
from mailflow.store.files import Damage, Files, trouble
from mailflow.store.journal import START, Change, Journal, Tables
from mailflow.store.locks import Mark, WriteLock
from mailflow.store.schema import migrate


@dataclass(slots=True)
class State:
    """What was found: the rows, the open journal that goes on from them, and what had to be made good."""

    tables: Tables
    schema: int
    journal: Journal
    base: int  # generation of the checkpoint that stands in the first place; 0 where that one is not good
    mended: tuple[str, ...] = ()


def load(files: Files, lock: WriteLock, *, locked: bool) -> State | None:
    """The last good state; None where there never was one. Misconfigured, with what to restore, if lost.

    Without the lock, what looks damaged may be a checkpoint just under way: then look again.
    """
    tries = 1 if locked else 4
    while True:
        tries -= 1
        try:
            return _load(files, lock.mark())  # the mark first: a write in between would look like damage
        except Damage as damage:
            if not tries:
                raise Misconfigured(f"{damage}. {advice(files)}") from None
        except OSError as error:
            raise trouble(error, str(error.filename or files.checkpoint)) from None
        time.sleep(0.01)


def apply(tables: Tables, changes: list[Change]) -> None:
    """Carry out one write."""
    for table, key, row in changes:
        if row is None:
            tables.get(table, {}).pop(key, None)
        else:
            tables.setdefault(table, {})[key] = row


def _load(files: Files, mark: Mark) -> State | None:
    """Go through the checkpoints, the newest first, until one leads to the present."""
    if not files.journal.exists():
        if mark == Mark() and not files.checkpoint.exists() and not files.copies():
            return None
        raise Damage(f"{files.journal} fehlt, und niemand weiß, was darin stand")
    Journal.open(files.journal).close()  # its damage is not the checkpoints' fault
    faults: list[str] = []
    for path in (files.checkpoint, *map(files.copy, files.copies()), None):
        try:
            base = read_checkpoint(path) if path else _nothing(files)
            state = follow(files, base, mark)
        except FileNotFoundError as error:
            if path == files.checkpoint:
                faults.append(f"{error.filename} fehlt")
        except Damage as damage:
            faults.append(str(damage))
        else:
            if path != files.checkpoint:
                state.base = 0
            if not state.base and state.tables:  # without rows, it is just being begun
                state.mended = (f"{faults[0]}; nichts ist verloren, ersetzt aus {path or files.journal}",)
            return state
    raise Damage(faults[0])


def _nothing(files: Files) -> Checkpoint:
    """What every store was before its first journal."""
    journal = Journal.open(files.journal)
    journal.close()
    return Checkpoint(journal.header.store, 1, START, 1, "", {})


def follow(files: Files, base: Checkpoint, mark: Mark) -> State:
    """From a checkpoint through all journals since to the present. Damage where the chain is broken."""
    present = Journal.open(files.journal)
    try:
        state = State(base.tables, base.schema, present, base.generation)
        if present.header.generation < max(base.generation, mark.generation):
            raise Damage(f"{files.journal} ist älter als der zuletzt geschriebene Stand")
        check = base.after
        for generation in range(base.generation, present.header.generation):
            journal = Journal.open(files.journal_copy(generation))
            check = read_on(state, journal, base.store, check)
            journal.close()
        read_on(state, present, base.store, check, mark.end_in(present.header.generation))
    except BaseException:
        present.close()
        raise
    return state


def read_on(state: State, journal: Journal, store: str, check: str, mark: int = 0) -> str:
    """Carry out a whole journal, if it is the one that goes on from `check`."""
    header = journal.header
    if header.after != check or header.store != store:
        raise Damage(f"{journal.path} gehört nicht zu diesem Datenbestand")
    migrate(state.tables, state.schema, header.schema)
    state.schema = header.schema
    for changes in journal.read(mark):
        apply(state.tables, changes)
    return journal.check


def advice(files: Files) -> str:
    """Which copy to restore, and how."""
    for path in (files.checkpoint, *map(files.copy, files.copies())):
        try:
            checkpoint = read_checkpoint(path)
        except (OSError, Damage):
            continue
        return (
            f"Bitte Mailflow anhalten und die neueste gute Kopie wiederherstellen, {path} vom "
            f"{checkpoint.written}, mit: mailflow check --store --restore {path} (was die Journale danach "
            "noch enthalten, kommt hinzu; die jetzigen Dateien werden beiseitegelegt, nicht gelöscht)."
        )
    return (
        f"Eine gute Kopie liegt nicht daneben: Bitte den ganzen Ordner {files.checkpoint.parent} aus einer "
        "Sicherung zurückholen. Nur wer bewusst leer anfangen will, räumt seine Dateien weg."
    )
