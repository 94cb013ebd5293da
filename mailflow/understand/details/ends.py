"""Where a text ends: a closing that still stands in it, and what follows the last full stops."""

import re

from mailflow.rules.people import People
from mailflow.rules.people_words import fold


def tails(written: str) -> list[str]:
    """What stands behind the last full stop of each of the last lines."""
    parts = [re.split(r"[.!?]\s+", line) for line in written.splitlines()[-2:]]
    ends = [each[-1] for each in parts if len(each) > 1 or len(each[0]) < 60]
    return [end for end in ends if sum(word.islower() for word in end.split()) < 3]


def split_at_closing(written: str, people: People) -> tuple[str, list[str]]:
    """Text and signature where a closing ("Mit freundlichen Grüßen") still stands in the text."""
    lines = written.splitlines()
    for number in range(len(lines) - 1, 0, -1):
        words = [fold(word.strip(".,!:;-–'’()"), True) for word in lines[number].split()]
        words = [word for word in words if word]
        tags = [people.common.meaning(word).tags for word in words]
        greets = 1 < len(words) < 4 and "name:closing_nouns" in tags[-1]
        if greets or (1 < len(words) < 8 and all("name:closings" in each for each in tags)):
            return "\n".join(lines[:number]), lines[number:]
    return written, []
