"""A small day in the life of a service: `make day` lives through a full one."""

from pathlib import Path

import pytest

from tests.day import Day, live
from tests.servers.authority import Authority
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.dovecot


def test_a_small_day(tmp_path: Path, plain_dovecot: Dovecot, authority: Authority) -> None:
    """Restarts, cut lines, edits good and bad: at the end every count is exact."""
    day = Day(tmp_path / "work", plain_dovecot, authority)
    try:
        said = live(day, mails=30, restarts=1, cuts=2, edits=3, say=lambda words: None)
    finally:
        day.close()
    assert said.startswith("30 mails")
    assert day.bad_edits == 1
