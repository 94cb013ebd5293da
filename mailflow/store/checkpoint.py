"""The checkpoint: the whole state at one moment, as a plain TinyDB JSON file that anybody can open.

    {"_mailflow":{"1":{"schema":1,"store":"…","generation":7,"after":"…","written":"…","check":"…"}},
    "registrations":{
    "1":{"id":"…","name":"Jürgen Müller",…},
    …

Rules: one row per line, UTF-8; `check` is the checksum of every byte after the first line; `after` is that of
the last journal line that is already in here. `TinyDB("mailflow.json")` reads it as it stands.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from mailflow.store.files import KEPT_COPIES, Damage, Files, keep, settle, sync_folder, write_beside
from mailflow.store.journal import Header, Tables, new_journal

META = "_mailflow"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A whole state. Its generation counts up, and names the journal that goes on from it."""

    store: str  # which store this is: set once
    generation: int
    after: str
    schema: int
    written: str  # ISO moment, for people who choose a copy
    tables: Tables


def new_checkpoint(path: Path, checkpoint: Checkpoint) -> Path:
    """Write a checkpoint beside `path`, ready to be renamed onto it."""
    body = list(_body(checkpoint.tables))
    digest = hashlib.blake2b(digest_size=16)
    for chunk in body:
        digest.update(chunk)
    meta = {
        "schema": checkpoint.schema,
        "store": checkpoint.store,
        "generation": checkpoint.generation,
        "after": checkpoint.after,
        "written": checkpoint.written,
        "check": digest.hexdigest(),
    }
    first = orjson.dumps({META: {"1": meta}})[:-1]  # left open: the tables follow
    return write_beside(path, [first + (b",\n" if checkpoint.tables else b"\n"), *body])


def _body(tables: Tables) -> Iterator[bytes]:
    """Every table, one row per line, and the closing brace."""
    last = len(tables)
    for number, (name, rows) in enumerate(tables.items(), start=1):
        lines = b",\n".join(orjson.dumps(key) + b":" + orjson.dumps(row) for key, row in rows.items())
        end = b"}" if number == last else b"},\n"
        yield orjson.dumps(name) + b":{\n" + lines + end
    yield b"}\n"


def read_checkpoint(path: Path) -> Checkpoint:
    """Read and verify. FileNotFoundError where there is none; Damage where it is not what was written."""
    data = path.read_bytes()
    if not data:
        raise Damage(f"{path} ist leer")
    try:
        tables = orjson.loads(data)
        meta = tables.pop(META)["1"]
        check = meta.pop("check")
        checkpoint = Checkpoint(tables=tables, **meta)
    except ValueError as error:
        raise Damage(f"{path} ist nicht vollständig ({error})") from None
    except (KeyError, TypeError, AttributeError):
        raise Damage(f"{path} ist kein Datenbestand von Mailflow") from None
    body = data[data.find(b"\n") + 1 :]
    if hashlib.blake2b(body, digest_size=16).hexdigest() != check:
        raise Damage(f"{path} ist beschädigt oder wurde von einem anderen Programm verändert")
    return checkpoint


def turn_over(files: Files, checkpoint: Checkpoint, base: int, copies: int = KEPT_COPIES) -> None:
    """Put a new checkpoint into place and begin its journal; keep the last `copies` of both.

    `base`: generation of the checkpoint that stands there now, 0 where it is not worth keeping. The journal
    goes first: stopped in between, the older checkpoint and the kept journals give the same state.
    """
    after, schema = checkpoint.after, checkpoint.schema
    fresh = new_checkpoint(files.checkpoint, checkpoint)
    try:
        journal = new_journal(files.journal, Header(checkpoint.store, checkpoint.generation, schema, after))
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    if base:
        keep(files.checkpoint, files.copy(base))
    if checkpoint.generation > 1:
        keep(files.journal, files.journal_copy(checkpoint.generation - 1))
    sync_folder(files.checkpoint.parent)
    settle(journal, files.journal)
    settle(fresh, files.checkpoint)
    for generation in files.copies():
        if generation < checkpoint.generation - copies:
            files.copy(generation).unlink(missing_ok=True)
            files.journal_copy(generation).unlink(missing_ok=True)
