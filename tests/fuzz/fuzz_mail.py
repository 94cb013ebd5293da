"""Fuzz the pure way of a mail, from bytes to the written answer.

    python -m tests.fuzz.fuzz_mail FOLDER -max_total_time=600

FOLDER keeps what was found interesting; it is begun with the mails of the tests. atheris is no part of the
locked tools (it has wheels for some platforms only): `pip install atheris` beside them. A find is written to
`crash-…` in the present folder; `python -m tests.fuzz.fuzz_mail crash-…` shows it again.
"""

import sys
from pathlib import Path

import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]

with atheris.instrument_imports(include=["mailflow", "authres", "flufl"]):
    import authres.arc  # noqa: F401  # imported late by Mailflow, and then it would not be watched
    import flufl.bounce  # noqa: F401

    import mailflow.compose
    import mailflow.letter
    import mailflow.understand  # noqa: F401
    from tests.fuzz.way import mails, walk


def sow(folder: Path) -> None:
    """Put the first mails into an empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        return
    for number, raw in enumerate(mails()):
        (folder / f"seed-{number:04}").write_bytes(raw)


def one(raw: bytes) -> None:
    """What the fuzzer calls."""
    walk(raw)


def main() -> None:
    folders = [each for each in sys.argv[1:] if not each.startswith("-") and not Path(each).is_file()]
    for folder in folders:
        sow(Path(folder))
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
