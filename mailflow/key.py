"""The key behind the marks in our Message-IDs: random, kept beside the store, made once.

Rules: it survives restarts and changes of passwords, so that an answer sent in March is known as ours in
April. The file is readable by its owner only and is never replaced. Losing it loses no mail: merely, old
answers of ours are no longer recognised by their mark.
"""

import os
import secrets
from pathlib import Path

from mailflow.errors import Misconfigured

EXAMPLE_KEY = b"mailflow example key, never used for mail that goes out"
_LENGTH = 32


def key_file(store: Path) -> Path:
    """Where the key of a store lies: `mailflow.json` has `mailflow.key`."""
    return store.with_suffix(".key")


def read_key(store: Path) -> bytes | None:
    """The key, or None where none has been made or we may not read it. Raises Misconfigured if damaged."""
    file = key_file(store)
    try:
        key = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
    if len(key) != _LENGTH:
        raise Misconfigured(
            f"{file} ist beschädigt ({len(key)} statt {_LENGTH} Bytes). Bitte aus der Sicherung holen "
            "oder löschen; dann entsteht ein neuer Schlüssel."
        )
    return key


def make_key(store: Path) -> bytes:
    """The key, made if there is none. Two processes that make it at once end up with the same."""
    file = key_file(store)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not file.exists():
        _write(file, secrets.token_bytes(_LENGTH))
    key = read_key(store)
    if key is None:
        raise Misconfigured(f"{file} ist nicht lesbar; die Datei muss dem Benutzer von Mailflow gehören.")
    return key


def _write(file: Path, key: bytes) -> None:
    """Write beside, sync, then link: `file` is whole or absent, and the first writer wins."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(handle, key)
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(beside, file)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
