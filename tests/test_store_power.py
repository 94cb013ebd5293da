"""The power goes off anywhere: what was acknowledged is there, what was not is there whole or not at all."""

import errno
import os
import shutil
from pathlib import Path

import pytest

from mailflow.errors import Misconfigured
from mailflow.store import Store
from tests.power_cut import Recorder, power_cuts
from tests.store_samples import BERLIN, keep, kept_at


def record(folder: Path, patch: pytest.MonkeyPatch) -> Recorder:
    """A new store, some writes, a checkpoint, a second worker, writes, another checkpoint."""
    path = folder / "mailflow.json"
    folder.mkdir()
    recorder = Recorder(folder, patch)
    for numbers in ((0, 1, 2), (3, 4)):
        with Store.open(path, BERLIN, worker=True) as store:
            for number in numbers:
                keep(store, number)
                recorder.acknowledge(number)
    return recorder


def no_link(*_: object) -> None:
    raise PermissionError(errno.EPERM, "no hard links here")


@pytest.mark.parametrize("links", [True, False])
def test_the_power_goes_off_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    """Every prefix of the steps, with every way the disk may have treated what was not synced.

    On a file system with hard links and on one without.
    """
    with monkeypatch.context() as patch:
        if not links:
            patch.setattr(os, "link", no_link)
        recorder = record(tmp_path / "data", patch)
    folder = tmp_path / "left"
    path = folder / "mailflow.json"
    states = 0
    for left in power_cuts(recorder.steps):
        left.lay_out(folder)
        found = kept_at(path)
        assert found == list(range(len(found))), left.how
        assert left.told + 1 <= len(found) <= left.told + 2, left.how
        if states % 5 == 0:  # and it goes on from there
            with Store.open(path, BERLIN, worker=True) as store:
                keep(store, len(found))
            assert kept_at(path) == list(range(len(found) + 1)), left.how
        shutil.rmtree(folder)
        states += 1
    assert states > 300


def test_the_disk_forgets_what_it_should(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above would notice a store that syncs nothing: acknowledged mails are lost then."""
    with monkeypatch.context() as patch:
        recorder = record(tmp_path / "data", patch)
    steps = [step for step in recorder.steps if step[0] != "sync"]
    lost = 0
    for left in power_cuts(steps):
        left.lay_out(tmp_path / "left")
        try:
            lost += len(kept_at(tmp_path / "left" / "mailflow.json")) < left.told + 1
        except Misconfigured:
            lost += 1
        shutil.rmtree(tmp_path / "left")
        if lost > 3:
            return
    pytest.fail("nothing was ever lost")
