"""What the subject and the thread say: whether a mail answers one of ours, and what its own subject tells.

The subject of a reply is not its writer's. Somebody who answers our confirmation writes in half sentences
("nein, wir sind zu viert", "meine Frau doch nicht"), which are corrections of what we said.
"""

import re
from collections.abc import Sequence

from mailflow.model import Details, Known, Letter, Office, Piece
from mailflow.understand.meanings import SentenceReading, read_sentence
from mailflow.vocabulary.days import Days
from mailflow.vocabulary.phrases import ENOUGH, Vocabulary

# The prefixes that mail programs put before the subject of a reply or a forwarded mail.
_REPLY = re.compile(
    r"\s*(re|aw|antw|antwort|wg|fwd?|sv|odp|ynt|ilt|i̇lt|rif|rv|tr|vs|enc|на|отв|пер|відп|رد|إعادة توجيه|پاسخ)"
    r"\s*(\[\d+\])?\s*:",
    re.IGNORECASE,
)
_LONGEST_SUBJECT = 500  # characters that are read
_SHORT_REPLY = 5  # sentences


def own_subject(letter: Letter) -> str:
    """The subject where the writer chose it: "" for that of a mail that is answered or forwarded."""
    return "" if _REPLY.match(letter.subject) else letter.subject[:_LONGEST_SUBJECT]


def read_subject(text: str, vocabulary: Vocabulary, days: Days) -> SentenceReading | None:
    """What a subject means; None for an empty one."""
    lines = vocabulary.split(text)
    if not lines:
        return None
    matches = [match for line in lines for match in vocabulary.read(line, days, subject=True)]
    return read_sentence(lines[0], tuple(matches))


def is_known(known: Known, sentences: Sequence[SentenceReading]) -> bool:
    """Whether the writer signed up before, as we know or they say, or has an answer of ours."""
    says_so = any(each.strength("registered") >= ENOUGH for each in sentences)
    return bool(known.registrations) or known.replies_to_us or says_so


def answers_us(letter: Letter, pieces: Sequence[Piece], ours: Vocabulary, days: Days, office: Office) -> bool:
    """Whether it is a reply to what we write. `ours` is the vocabulary of the language we write in.

    The thread says it by Message-IDs, or the quoted text by our address or the writer's own (who answers his
    own sign-up); the subject must be one of ours, or that of a sign-up."""
    prefix = _REPLY.match(letter.subject)
    quoted = "\n".join(piece.text for piece in pieces if piece.kind == "quoted")
    parties = {*office.own_addresses, *(sender.key for sender in letter.senders)}
    quotes_either = any(address in quoted.casefold() for address in parties)
    if not prefix or not (letter.references or quotes_either):
        return False
    subject = read_subject(letter.subject[prefix.end() : _LONGEST_SUBJECT], ours, days)
    if subject is None:
        return False
    return "change" in subject.meanings or (quotes_either and "sign_up" in subject.meanings)


def corrects(details: Details, sentences: Sequence[SentenceReading]) -> bool:
    """Whether a short word about who comes, from somebody we know, corrects what we said."""
    speaks_of_phone = "phone" in details.said and any(each.strength("contact") for each in sentences)
    brings_idea = any(each.strength("idea") >= ENOUGH for each in sentences)
    says_more = any(each.strength("registered") < ENOUGH for each in sentences)
    about_people = bool(details.change) or "persons" in details.said or speaks_of_phone
    return about_people and says_more and not brings_idea and len(sentences) <= _SHORT_REPLY
