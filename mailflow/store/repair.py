"""For a person: is the store sound, and go on from a copy where it is not.

Rules: looking changes nothing; restoring sets the present files aside and deletes none of them.
"""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from mailflow.errors import Misconfigured
from mailflow.store.checkpoint import Checkpoint, read_checkpoint, turn_over
from mailflow.store.files import Damage, Files, keep, trouble
from mailflow.store.journal import Journal
from mailflow.store.locks import Mark, WorkerLock, WriteLock
from mailflow.store.recovery import State, load, read_on


def verify(path: Path) -> tuple[str, ...]:
    """What is found, one sentence each; nothing is changed. Misconfigured with every fault where any is found.

    May say that a store is damaged if it is asked in the very moment of a checkpoint; ask again then.
    """
    files = Files(path)
    lock = WriteLock(files.lock)
    state = load(files, lock.mark())
    if state is None:
        return (f"{path}: no store yet; it is begun with the first mail or sign-up.",)
    journal = state.journal
    journal.close()
    rows = ", ".join(f"{len(rows)} {name}" for name, rows in state.tables.items() if rows)
    told = [f"{path}: sound ({rows or 'empty'}).", *(f"{each}." for each in state.mended)]
    if journal.torn:
        told.append(f"{files.journal}: ends in an unfinished write that nobody was told of; the next write cuts it.")
    faults = [*_open_to_others(files)]
    for generation in files.copies():
        try:
            copy = read_checkpoint(files.copy(generation))
            told.append(f"{files.copy(generation)}: a good copy, of {copy.written}.")
        except FileNotFoundError:
            continue
        except Damage as damage:
            faults.append(f"{damage}. It is only a copy: delete it.")
    if faults:
        raise Misconfigured(*faults)
    return tuple(told)


def restore(path: Path, copy: Path) -> tuple[str, ...]:
    """Go on from `copy` and what the journals still hold after it. Gives what was done, one sentence each.

    StoreBusy where a worker serves; Misconfigured where the copy is no checkpoint.
    """
    files = Files(path)
    worker, lock = WorkerLock(files.worker), WriteLock(files.lock)
    try:
        with lock.held():
            base = read_checkpoint(copy)
            highest = max([base.generation, lock.mark().generation, *files.copies(), _generation(files)])
            state, told = _salvage(files, base)
            aside = _set_aside(files)
            written = datetime.now(UTC).isoformat(timespec="seconds")
            fresh = Checkpoint(base.store, highest + 1, uuid4().hex[:16], state.schema, written, state.tables)
            turn_over(files, fresh, 0)
            journal = Journal.open(files.journal)
            lock.set_mark(Mark(journal.header.generation, journal.end))
            journal.close()
    except Damage as damage:
        raise Misconfigured(f"{damage}. Choose another copy.") from None
    except OSError as error:
        raise trouble(error, str(error.filename or path)) from None
    finally:
        lock.close()
        worker.close()
    return (f"{path} goes on from {copy} of {base.written}.", *told, *aside)
