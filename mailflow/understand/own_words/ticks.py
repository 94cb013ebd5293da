"""Forms with boxes to tick: what was left unticked was not said.

A line counts as an option where a box opens or ends it. Only where another box of the mail is ticked: a list
drawn with empty boxes ("☐ bring a chair") is a list.
"""

import re
from collections.abc import Sequence

from mailflow.understand.own_words.lines import Line

_EMPTY = r"(?:\[\s{0,3}\]|\(\s{1,3}\)|[☐□])"
_TICKED = re.compile(r"\[\s?[xX✓✔✗]\s?\]|\(\s?[xX✓✔✗]\s?\)|[☑☒]")
_LEFT = re.compile(rf"\s*{_EMPTY}.*|.*{_EMPTY}\s*", re.DOTALL)


def mark_unticked(lines: Sequence[Line]) -> None:
    """Claim the options that were left unticked."""
    free = [line for line in lines if line.free]
    if not any(_TICKED.search(line.text) for line in free):
        return
    for line in free:
        if _LEFT.fullmatch(line.text) and not _TICKED.search(line.text):
            line.claim("footer", "not ticked")
