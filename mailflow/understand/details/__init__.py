"""Who comes: name, number of people, institution, telephone number.

Rules: what is quoted, forwarded or a disclaimer says nothing about it; what the writer states counts before
the signature, the signature before the sender's display name. A name stays as signed ("H. Kox", "Moni"), but
a part of it that the text states gives way to the whole. `said` names the fields that the text states itself,
so that a reply to our answer corrects those and no others.

text.py          what was written, how it is signed, and how it ends
sentences/       the text as sentences of words that mean something for counting people
participant.py   the name: the writer's, or that of whom he signs up (names.py, proxies.py)
institution.py   for which institution (organisations.py)
phones.py        the telephone number
headcount/       how many: whom the sentences name, and who of them comes
surnames.py      surnames that are numbers
"""

from collections.abc import Iterable

from mailflow.model import Details, Letter, Piece
from mailflow.rules.people import People
from mailflow.understand.details.headcount import find_headcount
from mailflow.understand.details.headcount.elsewhere import note_elsewhere
from mailflow.understand.details.institution import find_organisation
from mailflow.understand.details.participant import find_name, sender_name
from mailflow.understand.details.phones import find_phone
from mailflow.understand.details.surnames import forget_numbers
from mailflow.understand.details.text import read_text


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
    tell of something else, an idea, a question or what is off topic: whoever is counted there need not come.
    Those of `rehearsal` tell of the try-out alone: who comes alone to it may bring others to the event."""
    speech = people.speech(language)
    text = read_text(pieces, people, speech)
    note_elsewhere(text.sentences, elsewhere, rehearsal)
    sender = sender_name(letter, people)
    plain = forget_numbers(letter, text.sentences, [sender.name, *text.signed, *text.tails], speech)
    count = find_headcount(plain, text, sender.name, people, speech)
    participant = find_name(letter, text, sender, count, people, speech)
    organisation, from_text = find_organisation(letter, text, participant, people, speech)
    phone = find_phone((text.written, "\n".join(text.signed), letter.subject), people)
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
