"""A small day in the life of a service: `make day` lives through a full one."""

from pathlib import Path

import pytest

from tests.day import Day, live
from tests.servers.authority import Authority
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.dovecot


def test_a_small_day(tmp_path: Path, plain_dovecot: Dovecot, authority: Authority) -> None:
    """A restart, cut lines, an edited rule: at the end every count is exact."""
    day = Day(tmp_path / "work", plain_dovecot, authority)
    try:
        said = live(day, mails=24, restarts=1, cuts=2, edits=1, say=lambda words: None)
    finally:
        day.close()
    assert said.startswith("24 mails")
