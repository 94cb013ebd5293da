"""How many people come: from the words of a mail to one number.

    "Anmeldung für den 17.: meine Frau, unsere zwei Mädels und ich. Oma bleibt zu Hause."       4

Rules: a sentence is asked whom it names before it is asked who of them comes; the whole mail is heard before
anything is concluded. In this order:

term.py         one party of a sentence; found by a word for people (terms.py) and what leads in to it
  (lead.py), by name (called.py), in a list behind a colon (enumerated.py), or by the way that an unknown
  word is used (unlisted.py, numbered.py)
links.py        how two parties hang together,
parties.py        so that those named together are one company
clauses.py      what each clause is about: coming, something else, a denial
tally.py        what the clauses say, gathered:
  writer.py       whether the writer comes
  totals.py       numbers that count everybody
  rests.py        what is left of a whole
  followers.py    first names that come as well
  comers.py       companies, with the writer or counted; not those who are only told of (told.py)
  others.py       companies without the writer
  elsewhere.py    sentences that tell of something else than of coming
conclusion.py   what follows from all this
persons.py      the route of the sentences through all these
rosters.py      names listed line by line, which count before all sentences
"""

import re
from dataclasses import replace

from mailflow.model import Letter
from mailflow.rules.people import People, Speech
from mailflow.understand.details.headcount.conclusion import Headcount
from mailflow.understand.details.headcount.persons import count_persons
from mailflow.understand.details.headcount.rosters import find_roster
from mailflow.understand.details.names import is_couple
from mailflow.understand.details.text import Text

_INHERITED = re.compile(r"\s*[^\W\d_]{2,4}(?:\[\d+\])?\s?:\s")  # "Re: …": the subject was written before


def find_headcount(letter: Letter, text: Text, sender: str, people: People, speech: Speech) -> Headcount:
    """A list of names counts before the sentences, unless they reckon the writer in: "mit mir vier"."""
    roster = find_roster("\n".join([text.written, "", *text.signed]), sender, people, speech)
    inherited = bool(letter.references) or _INHERITED.match(letter.subject) is not None
    found = count_persons(text.sentences, "" if inherited else letter.subject, speech)
    reckoned = found.writer and not found.summed
    if roster and (roster.writer or not (reckoned and found.persons == roster.persons + 1)):
        first = "" if roster.writer else roster.first
        return Headcount(roster.persons, True, writer=roster.writer, named=first)
    return _with_couple(letter, text, found, people)


def _with_couple(letter: Letter, text: Text, found: Headcount, people: People) -> Headcount:
    """ "Wir kommen gern. Petra und Jens Wolf": who signs as two comes as two."""
    display = letter.senders[0].name if letter.senders else ""
    plural = any(token.has("we") for each in text.sentences for token in each.tokens)
    if not plural or not any(is_couple(line, people) for line in [display, *text.signed, *text.tails]):
        return found
    if not found.said:
        return Headcount(2, True)
    return replace(found, persons=found.persons + 1) if found.summed and found.writer else found
