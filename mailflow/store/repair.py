"""For a person: is the store sound, and go on from a copy where it is not.

Rules: looking changes nothing; restoring sets the present files aside and deletes none of them.
"""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from mailflow.errors import Misconfigured
from mailflow.store.checkpoint import Checkpoint, read_checkpoint, turn_over
from mailflow.store.files import Damage, Files, keep, trouble
from mailflow.store.journal import Journal
from mailflow.store.locks import Mark, WorkerLock, WriteLock
from mailflow.store.recovery import apply, load

NAMES = {
    "mails": "Mails",
    "registrations": "Anmeldungen",
    "ideas": "Ideen",
    "attention": "Hinweise",
    "answers": "Antworten",
    "failures": "Fehlversuche",
}


def verify(path: Path) -> tuple[str, ...]:
    """What is found, one sentence each; nothing is changed. Misconfigured with every fault, if any."""
    files = Files(path)
    state = load(files, WriteLock(files.lock), locked=False)
    if state is None:
        return (f"{path}: noch kein Datenbestand; er entsteht mit der ersten Mail oder Anmeldung.",)
    state.journal.close()
    rows = ", ".join(f"{len(rows)} {NAMES.get(name, name)}" for name, rows in state.tables.items() if rows)
    told = [f"{path}: in Ordnung ({rows or 'leer'}).", *(f"{each}." for each in state.mended)]
    if state.journal.torn:
        told.append(
            f"{files.journal}: endet mit einem unvollendeten Eintrag; der nächste Schreiber entfernt ihn."
        )
    faults = _open_to_others(files)
    for generation in files.copies():
        try:
            copy = read_checkpoint(files.copy(generation))
            told.append(f"{files.copy(generation)}: gute Kopie vom {copy.written}.")
        except FileNotFoundError:
            continue
        except Damage as damage:
            faults.append(f"{damage}. Das ist nur eine Kopie: Sie kann gelöscht werden.")
    if faults:
        raise Misconfigured(*faults)
    return tuple(told)


def restore(path: Path, copy: Path) -> tuple[str, ...]:
    """Go on from `copy` and what the journals still hold after it. Gives what was done, one sentence each.

    StoreBusy where a worker serves; Misconfigured where the copy is no checkpoint.
    """
    files = Files(path)
    worker, lock = None, WriteLock(files.lock)
    try:
        base = read_checkpoint(copy)
        worker = WorkerLock(files.worker)
        with lock.held():
            highest = max([base.generation, lock.mark().generation, *files.copies(), _generation(files)])
            told = [*_salvage(files, base), *_set_aside(files)]
            written = datetime.now(UTC).isoformat(timespec="seconds")
            fresh = Checkpoint(base.store, highest + 1, uuid4().hex[:16], base.schema, written, base.tables)
            turn_over(files, fresh, 0)
            journal = Journal.open(files.journal)
            lock.set_mark(Mark(journal.header.generation, journal.end))
            journal.close()
    except FileNotFoundError as error:
        raise Misconfigured(f"{error.filename} gibt es nicht. Bitte eine andere Kopie wählen.") from None
    except Damage as damage:
        raise Misconfigured(f"{damage}. Bitte eine andere Kopie wählen.") from None
    except OSError as error:
        raise trouble(error, str(error.filename or path)) from None
    finally:
        lock.close()
        if worker:
            worker.close()
    return (f"{path} geht weiter mit {copy} vom {base.written}.", *told)


def _salvage(files: Files, base: Checkpoint) -> list[str]:
    """Add to a checkpoint what the journals after it hold, as far as it goes."""
    told, check, generation = [], base.after, base.generation
    while True:
        journal = _journal(files, generation)
        if journal is None or journal.header.after != check or journal.header.schema != base.schema:
            break
        for changes in (writes := journal.read(salvage=True)):
            apply(base.tables, changes)
        told.append(f"{len(writes)} spätere Einträge kamen aus {journal.path} hinzu.")
        check, generation = journal.check, generation + 1
        journal.close()
    return told


def _journal(files: Files, generation: int) -> Journal | None:
    """The journal of a generation, the present one or a kept one, if its beginning can be read."""
    for path in (files.journal, files.journal_copy(generation)):
        try:
            journal = Journal.open(path)
        except (FileNotFoundError, Damage):
            continue
        if journal.header.generation == generation:
            return journal
        journal.close()
    return None


def _generation(files: Files) -> int:
    """How high the present files have counted, as far as they can be read."""
    numbers = [0]
    with suppress(FileNotFoundError, Damage):
        numbers.append(read_checkpoint(files.checkpoint).generation)
    with suppress(FileNotFoundError, Damage):
        journal = Journal.open(files.journal)
        numbers.append(journal.header.generation)
        journal.close()
    return max(numbers)


def _set_aside(files: Files) -> list[str]:
    """Give the present files another name under which they stay."""
    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    told = []
    for path in (files.checkpoint, files.journal):
        if path.exists():
            aside = files.beside(f".aside-{moment}{path.suffix}")
            keep(path, aside)
            told.append(f"Was in {path} stand, liegt jetzt in {aside}.")
    return told


def _open_to_others(files: Files) -> list[str]:
    """Which files others than our user may read."""
    paths = [files.checkpoint, files.journal]
    return [
        f"{path} ist für andere lesbar. Bitte schließen mit: chmod 600 {path}"
        for path in paths
        if path.exists() and path.stat().st_mode & 0o077
    ]
