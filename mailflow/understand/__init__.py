"""Letter + rules → Reading: person or machine, what is asked for, who comes, which ideas, in which language.

origin.py      a person, or a machine?
  header_marks.py, machine_words.py, mailboxes.py, doubts.py, authentication.py, bounce.py
own_words.py   the text in pieces: written, greeting, signature, quoted, each with its reason
  lines.py, quotes.py, heads.py, greeting.py, signature.py, signed_lines.py, footers.py
language.py    which language the person wrote
meanings.py    what each sentence means
  hunch.py
intents.py     what the mail asks for
details.py     name, persons, organisation, phone
  names.py, persons.py, people_clauses.py, clauses.py, parties.py, term.py, terms.py, called.py, comers.py,
  rosters.py, tally.py, totals.py, organisations.py, phones.py
ideas.py       which of the written sentences are the idea

Pure: reads no clock, file or socket. Each room is asked once, in this order, in `understand`.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mailflow.model import (
    Automatic,
    Bounce,
    Details,
    Intent,
    Known,
    Letter,
    Office,
    Piece,
    Reading,
    Reason,
    Sentence,
)
from mailflow.understand.bounce import read_bounce
from mailflow.understand.details import find_details
from mailflow.understand.ideas import find_ideas
from mailflow.understand.intents import Weighing, find_intents
from mailflow.understand.language import find_language
from mailflow.understand.meanings import (
    ENOUGH,
    SentenceReading,
    add_hunches,
    read_sentence,
    read_sentences,
)
from mailflow.understand.origin import find_origin
from mailflow.understand.own_words import split_pieces
from mailflow.vocabulary.days import Days
from mailflow.vocabulary.phrases import Vocabulary

if TYPE_CHECKING:
    from mailflow.rules import Rules

# The prefixes that mail programs put before the subject of a reply or a forwarded mail.
_REPLY = re.compile(
    r"\s*(re|aw|antw|antwort|wg|fwd?|sv|odp|ynt|ilt|i̇lt|rif|rv|tr|vs|enc|на|отв|пер|відп|رد|إعادة توجيه|پاسخ)"
    r"\s*(\[\d+\])?\s*:",
    re.IGNORECASE,
)
_NOTHING_TO_DO = ("thanks", "decline", "off_topic")
_BARE = 4  # words
_SHORT_REPLY = 5  # sentences


def understand(letter: Letter, rules: "Rules", office: Office, known: Known, moment: datetime) -> Reading:
    """Read a letter. `moment` is its arrival: by it "tomorrow" and "Wednesday" are judged."""
    pieces = split_pieces(letter.body, rules.layout)
    written = "\n".join(piece.text for piece in pieces if piece.kind == "written")
    language = find_language(written or _own_subject(letter), rules.language)
    automatic = find_origin(letter, written, rules.machines, office)
    if automatic:
        bounce = read_bounce(letter, office.secret) if automatic.kind == "bounce" else None
        return _silent(automatic, language, pieces, bounce)
    vocabulary = rules.meaning.of(language, office.event.language)
    days = _days(office, moment)
    sentences = read_sentences(pieces, vocabulary, days)
    subject = _read_subject(_own_subject(letter), vocabulary, days)
    if subject and _says_nothing(sentences):
        sentences, subject = [*sentences, subject], None
    details = find_details(letter, pieces, language, rules.people, practice=False)
    expected = bool(known.registrations) or known.replies_to_us or _answers(letter, rules, office, days)
    corrects = expected and _corrects(details, sentences)
    intents, reasons = find_intents(Weighing(sentences, subject, expected, corrects))
    if not intents and not _settled(sentences):
        sentences = add_hunches(sentences, vocabulary, days, language or office.event.language)
        intents, reasons = find_intents(Weighing(sentences, subject, expected, corrects))
    comes = {"sign_up", "practice"} & set(intents) and "cancel" not in intents
    return Reading(
        automatic=None,
        language=language,
        pieces=pieces,
        intents=intents,
        details=replace(details, practice="practice" in intents) if comes else None,
        ideas=find_ideas(sentences, subject) if "idea" in intents else (),
        unclear=_unclear(letter, intents, sentences),
        reasons=reasons,
        sentences=tuple(Sentence(each.line.text, _taken_for(each)) for each in sentences),
    )


def _silent(
    automatic: Automatic, language: str | None, pieces: tuple[Piece, ...], bounce: Bounce | None
) -> Reading:
    reason = Reason(f"automatic {automatic.kind}", "", automatic.because)
    return Reading(automatic, language, pieces, (), None, (), "", (reason,), bounce=bounce)


def _own_subject(letter: Letter) -> str:
    """The subject where the writer chose it: not the one of the mail that is answered or forwarded."""
    return "" if _REPLY.match(letter.subject) else letter.subject[:500]


def _read_subject(text: str, vocabulary: Vocabulary, days: Days) -> SentenceReading | None:
    lines = vocabulary.split(text)
    if not lines:
        return None
    matches = [match for line in lines for match in vocabulary.read(line, days, subject=True)]
    return read_sentence(lines[0], tuple(matches))


def _answers(letter: Letter, rules: "Rules", office: Office, days: Days) -> bool:
    """Whether it is a reply to what we write: a half sentence is then to be read as an answer."""
    prefix = _REPLY.match(letter.subject)
    if not letter.references or not prefix:
        return False
    ours = rules.meaning.of(office.event.language, office.event.language)
    subject = _read_subject(letter.subject[prefix.end() : 500], ours, days)
    return subject is not None and "change" in subject.meanings


def _corrects(details: Details, sentences: Sequence[SentenceReading]) -> bool:
    """A short word about who comes, from somebody we know: it corrects what we said."""
    speaks_of_phone = "phone" in details.said and any(each.strength("contact") for each in sentences)
    brings_idea = any(each.strength("idea") >= ENOUGH for each in sentences)
    about_people = bool(details.change) or "persons" in details.said or speaks_of_phone
    return about_people and not brings_idea and len(sentences) <= _SHORT_REPLY


def _days(office: Office, moment: datetime) -> Days:
    event = office.event
    practice = event.practice_starts
    today = moment.astimezone(ZoneInfo(event.timezone)).date()
    return Days(event.starts.date(), practice.date() if practice else None, today)


def _unclear(letter: Letter, intents: Sequence[Intent], sentences: Sequence[SentenceReading]) -> str:
    if letter.sender is None and len(letter.reply_to) != 1:
        return "kein eindeutiger Absender"
    if intents:
        return ""
    if _settled(sentences):
        return ""
    return "nicht verstanden, was gewünscht ist" if sentences or letter.subject else "leere Mail"


def _says_nothing(sentences: Sequence[SentenceReading]) -> bool:
    """Whether the text is empty or a bare thank-you: then the mail stands in its subject."""
    words = sum(len(each.line.words) for each in sentences)
    return words <= _BARE and all(set(each.meanings) <= {"thanks"} for each in sentences)


def _settled(sentences: Sequence[SentenceReading]) -> bool:
    """Whether it is understood that nothing is asked for: thanks, a polite no, something off topic."""
    return any(sentence.strength(each) >= ENOUGH for sentence in sentences for each in _NOTHING_TO_DO)


def _taken_for(sentence: SentenceReading) -> tuple[str, ...]:
    return tuple(sorted(name for name, match in sentence.meanings.items() if match.strength >= ENOUGH))
