"""Who comes: name, number of people, institution, telephone number.

Rules: what is quoted, forwarded or a disclaimer says nothing about it; what the writer states counts before
the signature, the signature before the sender's display name. A name stays as signed ("H. Kox", "Moni"), but
a part of it that the text states gives way to the whole. `said` names the fields that the text states itself,
so that a reply to our answer corrects those and no others.

participant.py   the name: the writer's, or that of whom he signs up (names.py, proxies.py)
institution.py   for which institution (organisations.py)
phones.py        the telephone number
persons.py       how many: sentences (people_clauses.py, ages.py, brackets.py) have clauses (clauses.py) and
  name parties (parties.py, links.py, terms.py, term.py, called.py, unlisted.py); who comes (comers.py,
  others.py, followers.py, rests.py) and which numbers count everybody (totals.py) stands in tally.py; other
  matters in elsewhere.py
rosters.py       names listed line by line
surnames.py      surnames that are numbers
ends.py          where a text ends
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from mailflow.model import Details, Letter, Piece
from mailflow.rules.people import People, Speech
from mailflow.understand.details.elsewhere import note_elsewhere
from mailflow.understand.details.ends import split_at_closing, tails
from mailflow.understand.details.institution import find_organisation
from mailflow.understand.details.names import is_couple
from mailflow.understand.details.participant import Sender, find_name, sender_name
from mailflow.understand.details.people_clauses import Sentence, read_sentences
from mailflow.understand.details.persons import Headcount, count_persons
from mailflow.understand.details.phones import find_phone
from mailflow.understand.details.rosters import find_roster
from mailflow.understand.details.surnames import forget_numbers

_SIGNED = ("closing", "signature")
_INHERITED = re.compile(r"\s*[^\W\d_]{2,4}(?:\[\d+\])?\s?:\s")  # "Re: …": the subject was written before


def find_details(
    letter: Letter,
    pieces: tuple[Piece, ...],
    language: str | None,
    people: People,
    *,
    practice: bool,
    elsewhere: Iterable[str] = (),
    rehearsal: Iterable[str] = (),
) -> Details:
    """What the mail says about who comes. `practice` is handed through; `elsewhere` are the sentences that
    tell of something else, an idea or what is off topic: whoever is counted there need not come. Those of
    `rehearsal` tell of the try-out alone: who comes alone to it may bring others to the event."""
    speech = people.speech(language)
    written = "\n".join(piece.text for piece in pieces if piece.kind == "written")
    signed = [line for piece in pieces if piece.kind in _SIGNED for line in piece.text.splitlines()]
    written, below = split_at_closing(written, people)
    signed = below + signed
    sentences = _sentences(written, speech, elsewhere, rehearsal)
    sender = sender_name(letter, people)
    plain = forget_numbers(letter, sentences, [sender.name, *signed, *tails(written)], speech)
    count = _count(plain, sender, written, signed, sentences, people, speech)
    participant = find_name(letter, sender, written, sentences, signed, people, speech, count)
    organisation, from_text = find_organisation(
        letter, sentences, written, signed, participant, people, speech
    )
    phone = find_phone((written, "\n".join(signed), letter.subject), people)
    said = {
        "persons": count.said and not count.change,
        "name": participant.stated,
        "organisation": from_text,
        "phone": phone is not None,
    }
    return Details(
        name=participant.name or None,
        persons=count.persons,
        organisation=organisation or None,
        phone=phone,
        practice=practice,
        said=frozenset(field for field, here in said.items() if here),
        change=count.change,
    )


def _sentences(
    written: str, speech: Speech, elsewhere: Iterable[str], rehearsal: Iterable[str]
) -> list[Sentence]:
    """The written sentences; those that tell of something else are marked."""
    sentences = read_sentences(written.lower() if written.isupper() else written, speech)
    note_elsewhere(sentences, elsewhere, rehearsal)
    return sentences


def _count(
    letter: Letter,
    sender: Sender,
    written: str,
    signed: list[str],
    sentences: list[Sentence],
    people: People,
    speech: Speech,
) -> Headcount:
    """A list of names counts before the sentences, unless they reckon the writer in: "mit mir vier"."""
    display = letter.senders[0].name if letter.senders else ""
    roster = find_roster("\n".join([written, "", *signed]), sender.name, people, speech)
    inherited = bool(letter.references) or _INHERITED.match(letter.subject) is not None
    found = count_persons(sentences, "" if inherited else letter.subject, speech)
    reckoned = found.writer and not found.summed
    if roster and (roster.writer or not (reckoned and found.persons == roster.persons + 1)):
        first = "" if roster.writer else roster.first
        return Headcount(roster.persons, True, writer=roster.writer, named=first)
    plural = any(token.has("we") for each in sentences for token in each.tokens)
    if plural and any(is_couple(line, people) for line in [display, *signed, *tails(written)]):
        if not found.said:
            return Headcount(2, True)
        if found.summed and found.writer:
            return replace(found, persons=found.persons + 1)
    return found
