"""A regular expression that is compiled when it is first used.

The rules hold hundreds, a mail needs few of them, and each costs up to milliseconds at the start.
"""

import re
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Later:
    """The expression as text, and ready for use."""

    source: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled at the first call."""
        return re.compile(self.source)
