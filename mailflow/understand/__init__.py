"""Letter + rules → Reading: person or machine, what is asked for, who comes, which ideas, in which language.

origin/        a person, or a machine? (bounce.py: which of our answers came back)
own_words/     the text in pieces: written, greeting, signature, quoted, each with its reason
language.py    which language the person wrote
meanings/      what each sentence means, by the rules, and what a hunch adds and doubts
thread.py      what the subject says, and whether the mail answers one of ours
intents.py     what the mail asks for
details/       name, persons, organisation, phone
ideas.py       which of the written sentences are the idea

Pure: reads no clock, file or socket. Each room is asked once, in this order, in `understand`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
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
from mailflow.understand.meanings import SentenceReading, guess, of_else, read_sentences, tells_of_practice
from mailflow.understand.meanings.second_look import doubts
from mailflow.understand.origin import find_origin
from mailflow.understand.own_words import split_pieces
from mailflow.understand.thread import answers_us, corrects, is_known, own_subject, read_subject
from mailflow.vocabulary.days import Days
from mailflow.vocabulary.phrases import ENOUGH

if TYPE_CHECKING:
    from mailflow.rules import Rules

_NOTHING_TO_DO = ("thanks", "decline", "off_topic")  # meanings that ask for nothing
_EVE = (timedelta(0), timedelta(days=1))  # before the event
_BARE = 4  # words: a text so short may leave all to the subject


def understand(letter: Letter, rules: "Rules", office: Office, known: Known, moment: datetime) -> Reading:
    """Read a letter. `moment` is its arrival: by it "tomorrow" and "Wednesday" are judged."""
    pieces = split_pieces(letter.body, rules.layout, letter.sender.name if letter.sender else "")
    written = "\n".join(piece.text for piece in pieces if piece.kind == "written")
    brief = len(written.split()) < _BARE
    language = find_language(f"{written}\n{own_subject(letter)}" if brief else written, rules.language)
    automatic = find_origin(letter, written, rules.machines, office)
    if automatic:
        bounce = read_bounce(letter, office.secret) if automatic.kind == "bounce" else None
        return _silent(automatic, language, pieces, bounce)
    mail, details = _weigh(letter, pieces, language, rules, office, known, _days(office, moment))
    sentences, intents, reasons = _find_intents(mail)
    comes = {"sign_up", "practice"} & set(intents) and "cancel" not in intents
    return Reading(
        automatic=None,
        language=language,
        pieces=pieces,
        intents=intents,
        details=replace(details, practice="practice" in intents) if comes else None,
        ideas=find_ideas(sentences, mail.subject) if "idea" in intents else (),
        unclear=_unclear(letter, intents, sentences),
        reasons=reasons,
        sentences=tuple(Sentence(each.line.text, tuple(sorted(each.said))) for each in sentences),
    )


def _weigh(
    letter: Letter,
    pieces: tuple[Piece, ...],
    language: str | None,
    rules: "Rules",
    office: Office,
    known: Known,
    days: Days,
) -> tuple[Weighing, Details]:
    """What the sentences of a person's mail mean, who writes, and what is known beside."""
    vocabulary = rules.meaning.of(language, office.event.language)
    sentences: Sequence[SentenceReading] = read_sentences(
        pieces, vocabulary, days, language or office.event.language
    )
    subject = read_subject(own_subject(letter), vocabulary, days)
    if subject and _says_nothing(sentences):
        sentences, subject = [*sentences, subject], None
    details = find_details(
        letter,
        pieces,
        language,
        rules.people,
        practice=False,
        elsewhere=[each.line.text for each in of_else(sentences)],
        rehearsal=[each.line.text for each in sentences if tells_of_practice(each)],
    )
    ours = rules.meaning.of(office.event.language, office.event.language)
    expected = is_known(known, sentences) or answers_us(letter, pieces, ours, days, office)
    mail = Weighing(
        sentences,
        subject,
        expected,
        corrects=expected and corrects(details, sentences),
        counted="persons" in details.said,
        eve=days.event - days.today in _EVE,
    )
    return mail, details


def _find_intents(
    mail: Weighing,
) -> tuple[Sequence[SentenceReading], tuple[Intent, ...], tuple[Reason, ...]]:
    """The sentences as they were taken in the end, what they ask for, and why; at worst by a guess."""
    intents, reasons = find_intents(mail)
    sentences = mail.sentences
    if not intents and not _settled(sentences):
        sentences = guess(sentences)
        intents, reasons = find_intents(replace(mail, sentences=sentences))
    doubted = (each for sentence in sentences for each in doubts(sentence.doubted))
    return sentences, intents, (*reasons, *doubted)


def _silent(
    automatic: Automatic, language: str | None, pieces: tuple[Piece, ...], bounce: Bounce | None
) -> Reading:
    reason = Reason(f"automatic {automatic.kind}", "", automatic.because)
    return Reading(automatic, language, pieces, (), None, (), "", (reason,), bounce=bounce)


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
