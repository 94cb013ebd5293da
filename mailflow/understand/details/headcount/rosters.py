"""Names listed line by line or after a colon: a house, a class or a club signs up together.

    Am 17. sind dabei:            Teilnehmer: Karl Nobis, Ilse Wankum und Rosemarie Esser
    1. Karl-Heinz Nobis
    2. und ich selbst

Rules: every member must be a full name, somebody with a title, or the writer; one line that is neither
(an idea, a wish) and the list is no roster.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailflow.rules.people import People, Speech
from mailflow.rules.people_words import fold
from mailflow.understand.details.names import read_name

_ITEM = re.compile(r"^[ \t]*(?:\d{1,2}[.)]|[-*•–+>·])[ \t]*(\S[^\n]{0,120})$")
_AFTER_COLON = re.compile(r":[ \t]*(\S[^\n:]{5,300})$")
_SEPARATOR = re.compile(r"\s*[,;،&+]\s*")
_REMARK = re.compile(r"\s*(?:\(.*\)|[,–-]\s.*|\d.*)$")
_NEXT = re.compile(r"(?<=[^\W\d_]{4})[.!?]\s.*")  # a sentence behind the list
_MOST = 60


@dataclass(frozen=True, slots=True)
class Roster:
    """A list of people: how many, whether the writer is among them, the first by name."""

    persons: int
    writer: bool
    first: str


def find_roster(text: str, sender: str, people: People, speech: Speech) -> Roster | None:
    """The first list of two or more people; None where there is none."""
    own = frozenset(fold(word, True) for word in sender.split())
    for members in [*_lists(text, people, speech), _below_colon(text, people, speech)]:
        names = [_member(member, people, speech) for member in members[:_MOST]]
        if len(names) > 1 and all(names):
            writer = any(name == "me" or (own and own == _words(name)) for name in names)
            persons = sum(_heads(member, speech) for member in members[:_MOST])
            return Roster(persons, writer, next((name for name in names if name != "me"), ""))
    return None


def _below_colon(text: str, people: People, speech: Speech) -> list[str]:
    """ "Ich melde an:" and a name on each of the next lines."""
    lines = [line.strip() for line in text.splitlines()]
    for number, line in enumerate(lines[:-2]):
        words = re.findall(r"[^\W\d_]+", line) if line.endswith(":") else []
        tags = {tag for word in words for tag in speech.words.meaning(fold(word, speech.umlauts)).tags}
        named = any(people.has(fold(word, True), "name:labels") for word in words)  # "die Namen:"
        if named or tags & {"come", "enrol", "i_come", "neutral"}:
            following = list(itertools.dropwhile(lambda each: not each, lines[number + 1 :]))[:_MOST]
            return list(itertools.takewhile(lambda each: _member(each, people, speech), following))
    return []


def _with_commas(text: str, people: People) -> str:
    """ "A, B und C" as "A, B, C"."""
    words = text.split()
    joins = [n > 0 and people.has(fold(w, True), "name:joins") for n, w in enumerate(words)]
    return " ".join("," if join else word for word, join in zip(words, joins, strict=True)).replace(
        ", ,", ","
    )


def _told(text: str, people: People, speech: Speech) -> list[str]:
    """The members of a list in one line; "… und ich, Edith Kox" names the writer, who is there already."""
    plain = _NEXT.sub("", text).rstrip(" .")
    members = _SEPARATOR.split(_with_commas(plain, people))
    own = len(members) > 2 and plain.endswith(f", {members[-1]}")
    told = [_member(member, people, speech) for member in members[-2:]] if own else []
    return members[:-1] if told and told[0] == "me" and told[1] else members


def _lists(text: str, people: People, speech: Speech) -> Iterator[list[str]]:
    run: list[str] = []
    for line in [*text.splitlines(), "end"]:
        item = _ITEM.match(line)
        if item:
            run.append(item.group(1))
            continue
        if run and line.strip():
            yield run
            run = []
        after = _AFTER_COLON.search(line)
        if after:
            yield _told(after.group(1), people, speech)
    if run:
        yield run


def _member(text: str, people: People, speech: Speech) -> str:
    """The member's name, "me" for the writer, "" for what is neither."""
    words = [fold(word.strip(".,()"), speech.umlauts) for word in text.split()]
    if len(words) <= 4 and any(speech.words.meaning(word).tags & {"i", "me"} for word in words):
        return "me"
    if words and "me" in speech.words.sequence(words, 0)[1].tags:  # "meine Person"
        return "me"
    plain = _REMARK.sub("", text)
    words = plain.split()
    if len(words) > 2 and "my" in speech.words.meaning(fold(words[0], speech.umlauts)).tags:
        plain = " ".join(words[2:])  # "unser Jugendwart Sven Matthies"
    if words and "joins" in speech.words.meaning(fold(words[0], speech.umlauts)).tags:
        plain = " ".join(words[1:])
    name = read_name(plain, people)
    titled = len(name.split()) < len(plain.split())
    return name if len(name.split()) > 1 or (name and titled) else ""


def _heads(member: str, speech: Speech) -> int:
    """ "Das Ehepaar Scholz" are two, "Familie Schreiber (3 Personen)" three."""
    words = [fold(word.strip(".,()"), speech.umlauts) for word in member.split()]
    tags = [speech.words.meaning(word).tags for word in words]
    told = (
        int(word)
        for word, following in zip(words, tags[1:], strict=False)
        if word.isdecimal() and "neutral" in following
    )
    return min(_MOST, next(told, 2 if any("pair" in each for each in tags) else 1))


def _words(name: str) -> frozenset[str]:
    return frozenset(fold(word, True) for word in name.split())
