"""Damaged files: the last good state, or a refusal that names the copy to restore; never a fresh start."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mailflow.errors import Misconfigured, StoreBusy
from mailflow.store import Store
from mailflow.store.checkpoint import read_checkpoint, turn_over
from mailflow.store.files import Files
from tests.store_samples import BERLIN, keep, kept, kept_at

ALL = list(range(9))


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two checkpoints behind it, and three writes since the last one."""
    folder = tmp_path_factory.mktemp("pattern") / "data"
    path = folder / "mailflow.json"
    for part in (ALL[:3], ALL[3:6]):
        with Store.open(path, BERLIN, worker=True) as store:
            for number in part:
                keep(store, number)
    store = Store.open(path, BERLIN)
    for number in ALL[6:]:
        keep(store, number)
    store.db.close()  # without a last checkpoint, as after a crash
    return folder


@pytest.fixture
def path(pattern: Path, tmp_path: Path) -> Path:
    """A fresh copy of that store."""
    shutil.copytree(pattern, tmp_path / "data")
    return tmp_path / "data" / "mailflow.json"


def empty(file: Path) -> None:
    file.write_bytes(b"")


def garbage(file: Path) -> None:
    file.write_bytes(b"\x00\xff garbage \n" * 20)


def garbage_inside(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0x20
    file.write_bytes(data)


def older(file: Path) -> None:
    shutil.copy(next(iter(sorted(file.parent.glob(f"mailflow.0*{file.suffix}")))), file)


def edited(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace("Müller".encode(), b"Meier"))


HARM: list[Callable[[Path], None]] = [Path.unlink, empty, garbage, garbage_inside, older, edited]


@pytest.mark.parametrize("harm", HARM)
def test_a_harmed_checkpoint_is_made_good(path: Path, harm: Callable[[Path], None]) -> None:
    """Every checkpoint leads to the same state if its journals are there; the next one is good again."""
    harm(path)
    assert kept_at(path) == ALL
    Store.open(path, BERLIN, worker=True).close()
    assert Store.verify(path)[0].startswith(f"{path}: in Ordnung")
    assert kept_at(path) == ALL


@pytest.mark.parametrize("harm", HARM)
def test_a_harmed_journal_is_refused(path: Path, harm: Callable[[Path], None]) -> None:
    """Nobody can say what was in it; restoring brings back all that can still be read, deletes nothing."""
    journal = path.with_suffix(".journal")
    harm(journal)
    for _ in range(2):
        for look in (Store.verify, kept_at, lambda path: Store.open(path, BERLIN, worker=True)):
            with pytest.raises(Misconfigured, match=rf"mailflow\.journal.*--restore {path} ") as refused:
                look(path)
            assert refused.value.exit_code == 78
    told = Store.restore(path, path)
    assert told[0].startswith(f"{path} geht weiter mit {path}")
    assert kept_at(path) == ALL[: len(kept_at(path))]
    assert len(kept_at(path)) >= 6
    assert Store.verify(path)[0].startswith(f"{path}: in Ordnung")
    with Store.open(path, BERLIN, worker=True) as store:
        keep(store, 20)
    assert kept_at(path)[-1] == 20


def test_any_harm_to_any_one_file(path: Path, pattern: Path) -> None:
    """Cut, overwritten, swapped, doubled anywhere: the last state is there, or it is refused."""
    chance = random.Random(3)
    refused = 0
    files = sorted(pattern.iterdir())
    for _ in range(250):
        file = path.parent / chance.choice(files).name
        whole = file.read_bytes()
        start, stop = sorted(chance.choices(range(len(whole) + 1), k=2))
        instead = chance.choice([b"", b"\x00" * (stop - start), b"\n", whole[:start], chance.randbytes(9)])
        file.write_bytes(whole[:start] + instead + whole[stop:])
        try:
            assert kept_at(path) == ALL, (file.name, start, stop, instead)
        except Misconfigured:
            refused += 1
        file.write_bytes(whole)
    assert 20 < refused < 200


def test_a_journal_cut_off_anywhere_is_noticed(path: Path) -> None:
    """Even between two lines, where nothing looks wrong: the mark remembers how far it went."""
    journal = path.with_suffix(".journal")
    whole = journal.read_bytes()
    ends = [end for end, byte in enumerate(whole, start=1) if byte == ord("\n")]
    for size in {*range(0, len(whole), 97), *ends[:-1], *(end - 1 for end in ends)}:
        journal.write_bytes(whole[:size])
        with pytest.raises(Misconfigured, match=r"mailflow\.journal"):
            Store.open(path, BERLIN)


def test_after_a_power_cut_the_mark_may_be_gone(path: Path) -> None:
    """Then a cut-off last line is an unfinished write that nobody was told of: what came before counts."""
    journal, lock = path.with_suffix(".journal"), path.with_suffix(".lock")
    whole = journal.read_bytes()
    lines = whole.splitlines(keepends=True)
    for size in range(len(lines[0]), len(whole) + 1, 7):
        journal.write_bytes(whole[:size])
        empty(lock)
        written = whole[:size].count(b"\n") - 1
        assert kept_at(path) == ALL[: 6 + written], size
    for tail in (b"\x00" * 4096, b"garbage\n\n\x00", b"0123456789abcdef", lines[-1][:-7] + b"\n"):
        journal.write_bytes(whole + tail)
        empty(lock)
        assert kept_at(path) == ALL
        store = Store.open(path, BERLIN)
        keep(store, 9)
        store.db.close()
        assert kept_at(path) == [*ALL, 9]


def test_damage_before_good_lines_is_no_power_cut(path: Path) -> None:
    """A line that was acknowledged after the broken one shows that the broken one had been whole."""
    journal = path.with_suffix(".journal")
    first, second, *rest = journal.read_bytes().splitlines(keepends=True)
    for broken in (b"", second[:-9] + b"\n", second.replace(b"mails", b"fails"), b"\x00" * len(second)):
        journal.write_bytes(first + broken + b"".join(rest))
        empty(path.with_suffix(".lock"))
        with pytest.raises(Misconfigured, match="ab Byte"):
            Store.open(path, BERLIN)


def test_both_replaced_by_an_older_pair(path: Path) -> None:
    """A backup of yesterday looks sound in itself; that it is older than what was last written is said."""
    shutil.copy(path.with_name("mailflow.000001.json"), path)
    shutil.copy(path.with_name("mailflow.000001.journal"), path.with_suffix(".journal"))
    with pytest.raises(Misconfigured, match="älter"):
        Store.open(path, BERLIN, worker=True)


def test_everything_lost_but_the_mark(path: Path) -> None:
    """An empty folder is a new store; a folder where there was one is not."""
    for file in path.parent.iterdir():
        if file.suffix != ".lock":
            file.unlink()
    with pytest.raises(Misconfigured, match=r"fehlt.*Sicherung"):
        Store.open(path, BERLIN, worker=True)


def test_a_whole_folder_from_a_backup_is_taken(path: Path, tmp_path: Path) -> None:
    """Moving to another machine is copying the folder."""
    moved = tmp_path / "elsewhere"
    shutil.copytree(path.parent, moved)
    assert kept_at(moved / path.name) == ALL


def test_more_checkpoints_than_copies_are_kept(path: Path) -> None:
    """The last five with their journals stay; with them the checkpoint can be lost and nothing else is."""
    for number in range(9, 18):
        with Store.open(path, BERLIN, worker=True) as store:
            keep(store, number)
    copies = sorted(file.name for file in path.parent.glob("mailflow.0*.json"))
    assert copies == [f"mailflow.{generation:06d}.json" for generation in range(7, 12)]
    path.unlink()
    assert kept_at(path) == list(range(18))
    for name in copies:
        garbage(path.with_name(name))
    with pytest.raises(Misconfigured, match="Sicherung"):
        Store.open(path, BERLIN)


def test_harmed_while_it_is_open(path: Path) -> None:
    """A worker that has read everything writes it anew; nothing is lost, and it says so."""
    journal = path.with_suffix(".journal")
    harms: list[Callable[[Path], None]] = [Path.unlink, empty]
    for number, harm in enumerate(harms, start=9):
        with Store.open(path, BERLIN, worker=True) as store:
            assert not store.mended
            harm(journal)
            keep(store, number)
            assert "nichts ist verloren" in store.mended[0]
        assert kept_at(path)[-1] == number


def test_what_verify_complains_of(path: Path) -> None:
    """Files that others may read, and copies that are no use; an unfinished write is only told."""
    with path.with_suffix(".journal").open("ab") as journal:
        journal.write(b"unfinished")
    told = Store.verify(path)
    assert told[0] == f"{path}: in Ordnung (9 Mails, 9 Anmeldungen, 9 Antworten)."
    assert "unvollendeten" in told[1]
    assert sum("gute Kopie" in each for each in told) == 2
    path.chmod(0o640)
    garbage(path.with_name("mailflow.000001.json"))
    with pytest.raises(Misconfigured) as refused:
        Store.verify(path)
    readable, useless = refused.value.complaints
    assert f"chmod 600 {path}" in readable
    assert "mailflow.000001.json ist nicht vollständig" in useless


def test_restore_from_an_earlier_copy(path: Path) -> None:
    """The kept journals bring it up to the present; what stood there is set aside; no worker may serve."""
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    copy = path.with_name("mailflow.000001.json")
    with Store.open(path, BERLIN, worker=True), pytest.raises(StoreBusy):
        Store.restore(path, copy)
    for wrong in (path.with_name("none.json"), path.with_suffix(".journal")):
        with pytest.raises(Misconfigured, match="andere Kopie"):
            Store.restore(path, wrong)
    told = Store.restore(path, copy)
    assert kept_at(path) == ALL
    aside = [Path(each.rpartition(" jetzt in ")[2][:-1]) for each in told if " jetzt in " in each]
    assert path.name in before
    assert [each.suffix for each in aside] == [".json", ".journal"]
    assert all(each.exists() for each in aside)
    assert Store.verify(path)


def test_a_newer_version_is_refused(path: Path) -> None:
    """An older Mailflow must not touch rows it does not understand."""

    turn_over(Files(path), replace(read_checkpoint(path), schema=99, generation=9), 0)
    with pytest.raises(Misconfigured, match="neueren Mailflow"):
        Store.open(path, BERLIN)


AS_NOBODY = """
import os, sys
from pathlib import Path
from mailflow.errors import MailflowError
from mailflow.store import Store
from tests.store_samples import keep
keep(Store.open(Path(sys.argv[2]), "Europe/Berlin"), 0)  # so that everything is imported
os.setegid(65534); os.seteuid(65534)
try:
    store = Store.open(Path(sys.argv[1]), "Europe/Berlin")
    print("open", len(store.registrations()), flush=True)
    keep(store, 9)
except MailflowError as error:
    print(error.exit_code, error)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize(
    ("file", "mode", "says"),
    [
        (".json", 0o000, "78 Der Datenbestand"),
        (".journal", 0o000, "78 Der Datenbestand"),
        (".journal", 0o644, "open 9\n78 Der Datenbestand"),
        (".lock", 0o444, "open 9\n78 Der Datenbestand"),
    ],
)
def test_permission_lost(path: Path, tmp_path: Path, file: str, mode: int, says: str) -> None:
    """Not readable: refused at once. Not writable: lists still work, a write is refused with the reason."""
    for each in [*path.parent.parents, path.parent]:
        if "pytest" in str(each):
            each.chmod(0o755)
    for each in path.parent.iterdir():
        each.chmod(0o666)
    path.with_suffix(file).chmod(mode)
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(path), str(tmp_path / "other.json")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith(says), done.stdout + done.stderr


def test_kept_checks_what_it_counts(path: Path) -> None:
    """The helper of these tests would notice a mail without its registration."""
    store = Store.open(path, BERLIN)
    store.db.table("registrations").remove(doc_ids=[3])
    with pytest.raises(AssertionError):
        kept(store)
    store.close()
