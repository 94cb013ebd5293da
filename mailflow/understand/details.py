"""Who comes: name, number of people, institution, telephone number.

Rules: what is quoted, forwarded or a disclaimer says nothing about it; what the writer states counts before
the signature, the signature before the sender's display name. A name stays as signed ("H. Kox", "Moni"), but
a part of it that the text states gives way to the whole. `said` names the fields that the text states itself,
so that a reply to our answer corrects those and no others.
"""

import re
from dataclasses import replace

from mailflow.model import Details, Letter, Piece
from mailflow.rules.people import People, Speech
from mailflow.rules.people_words import fold
from mailflow.understand.names import is_couple, is_institution, read_name
from mailflow.understand.organisations import (
    find_in_signature,
    find_in_text,
    find_labelled,
    find_post,
    is_short_for,
    without_office,
)
from mailflow.understand.participant import LAST_LINES, find_name, sender_name
from mailflow.understand.people_clauses import Sentence, read_sentences
from mailflow.understand.persons import Headcount, count_persons
from mailflow.understand.phones import find_phone
from mailflow.understand.rosters import find_roster

_SIGNED = ("closing", "signature")
_INHERITED = re.compile(r"\s*[^\W\d_]{2,4}(?:\[\d+\])?\s?:\s")  # "Re: …": the subject was written before


def find_details(
    letter: Letter, pieces: tuple[Piece, ...], language: str | None, people: People, *, practice: bool
) -> Details:
    """What the mail says about who comes. `practice` is handed through."""
    speech = people.speech(language)
    written = "\n".join(piece.text for piece in pieces if piece.kind == "written")
    signed = [line for piece in pieces if piece.kind in _SIGNED for line in piece.text.splitlines()]
    written, below = _split_at_closing(written, people)
    signed = below + signed
    sentences = read_sentences(written.lower() if written.isupper() else written, speech)
    count = _count(letter, written, signed, sentences, people, speech)
    name, stated = find_name(letter, written, sentences, signed, people, speech, count)
    organisation, from_text = _find_organisation(letter, sentences, written, signed, people, speech)
    phone = find_phone((written, "\n".join(signed), letter.subject), people)
    said = {
        "persons": count.said and not count.change,
        "name": stated,
        "organisation": from_text,
        "phone": phone is not None,
    }
    return Details(
        name=name or None,
        persons=count.persons,
        organisation=organisation or None,
        phone=phone,
        practice=practice,
        said=frozenset(field for field, here in said.items() if here),
        change=count.change,
    )


def _count(
    letter: Letter,
    written: str,
    signed: list[str],
    sentences: list[Sentence],
    people: People,
    speech: Speech,
) -> Headcount:
    """A list of names counts before what the sentences say."""
    display = letter.senders[0].name if letter.senders else ""
    roster = find_roster("\n".join([written, *signed]), sender_name(letter, people)[0], people, speech)
    if roster:
        first = "" if roster.writer else roster.first
        return Headcount(roster.persons, True, writer=roster.writer, named=first)
    inherited = bool(letter.references) or _INHERITED.match(letter.subject) is not None
    found = count_persons(sentences, "" if inherited else letter.subject, speech)
    couple = any(is_couple(line, people) for line in [display, *signed, *_tails(written)])
    if couple and any(token.has("we") for each in sentences for token in each.tokens):
        if not found.said:
            return Headcount(2, True)
        if found.summed and found.writer:
            return replace(found, persons=found.persons + 1)
    return found


def _tails(written: str) -> list[str]:
    """What stands behind the last full stop of each of the last lines."""
    parts = [re.split(r"[.!?]\s+", line) for line in written.splitlines()[-2:]]
    ends = [each[-1] for each in parts if len(each) > 1 or len(each[0]) < 60]
    return [end for end in ends if sum(word.islower() for word in end.split()) < 3]


def _split_at_closing(written: str, people: People) -> tuple[str, list[str]]:
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


# --- organisation --------------------------------------------------------------------------------------


def _find_organisation(
    letter: Letter, sentences: list[Sentence], written: str, signed: list[str], people: People, speech: Speech
) -> tuple[str, bool]:
    """The institution, and whether the running text names it."""
    last = [line for line in written.splitlines() if line.strip()][-LAST_LINES - 2 :]
    labelled = find_labelled(written, people)
    if labelled:
        return labelled, True
    in_signature = find_in_signature(signed, people)
    if in_signature:
        return find_post([in_signature], speech, people) or in_signature, False
    in_text = find_in_text(sentences, speech, people)
    display = without_office(letter.senders[0].name if letter.senders else "", people)
    office = display if is_institution(display, people) and not read_name(display, people) else ""
    if office and not is_short_for(office, in_text):
        return office.strip("\"' "), False
    if in_text:
        return in_text, True
    short = [line for line in last if len(line) < 60 and not re.search(r"[.!?]\s*$", line)]
    ends = [*(short if len(last) > 1 else ()), *_tails(written)]
    return find_post(signed, speech, people) or find_in_signature(ends, people), False
