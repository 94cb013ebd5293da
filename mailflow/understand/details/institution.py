"""For which institution the participant comes; none for private people.

Rules: who says that he comes as a private person does, whatever his signature says. Then a form's label
counts, the signature, the sender's display name, and what the text says, in this order. An office that signs
up its ward is not the ward's, and a machine that passes on a form is nobody's.
"""

import itertools
import re

from mailflow.model import Letter
from mailflow.rules.people import People, Speech
from mailflow.rules.people_words import fold
from mailflow.understand.details.names import is_institution, read_name
from mailflow.understand.details.organisations import (
    find_in_signature,
    find_in_text,
    find_labelled,
    find_post,
    is_short_for,
    is_trade,
    without_office,
)
from mailflow.understand.details.participant import LAST_LINES, Participant
from mailflow.understand.details.sentences.sentence import Sentence, Token
from mailflow.understand.details.text import Text

_ENDS = re.compile(r"(?<!\b[^\W\d_])[.!?]\s*$")  # a sentence, not "Tierschutzverein e.V."


def find_organisation(
    letter: Letter, text: Text, participant: Participant, people: People, speech: Speech
) -> tuple[str, bool]:
    """The institution, and whether the running text names it or says that there is none."""
    labelled = find_labelled(text.written, people)
    if labelled:
        return labelled, True
    if _is_private(text.sentences, speech):
        return "", True
    if participant.other and _is_guardian(text.sentences, people):
        return "", False
    in_signature = find_in_signature(text.signed, participant.name, people)
    if in_signature:
        return find_post([in_signature], speech, people) or in_signature, False
    in_text = find_in_text(text.sentences, speech, people)
    office = _sending_office(letter, people)
    if office and not is_short_for(office, in_text):
        return office, False
    if in_text:
        return in_text, True
    return find_post(text.signed, speech, people) or _in_last_lines(text, participant, people), False


def _is_private(sentences: list[Sentence], speech: Speech) -> bool:
    """ "Ich komme als Privatperson, nicht für die Stadtwerke"; not "nicht nur privat"."""
    if speech.privately is None:
        return False
    pattern = speech.privately.pattern
    return any(pattern.search(each.line) and not _more_than_that(each.tokens) for each in sentences)


def _more_than_that(tokens: list[Token]) -> bool:
    """ "Nicht nur …"."""
    return any(one.has("negation") and two.has("only") for one, two in itertools.pairwise(tokens))


def _is_guardian(sentences: list[Sentence], people: People) -> bool:
    """ "Ich bin rechtlicher Betreuer von Herrn Thoma"."""
    words = (fold(token.text, True) for sentence in sentences for token in sentence.tokens)
    return any(people.has(word, "organisation:guardians") for word in words)


def _sending_office(letter: Letter, people: People) -> str:
    """The institution by whose name the mail was sent."""
    display = without_office(letter.senders[0].name if letter.senders else "", people)
    words = re.findall(r"[^\W\d_]+", display)
    if any(people.has(fold(word, True), "organisation:relays") for word in words):
        return ""
    named = is_institution(display, people) or is_trade(display, people)
    return display.strip("\"' ") if named and not read_name(display, people) else ""


def _in_last_lines(text: Text, participant: Participant, people: People) -> str:
    """Where nothing was recognised as a signature: the last short lines of what was written."""
    last = [line for line in text.written.splitlines() if line.strip()][-LAST_LINES - 2 :]
    short = [line for line in last if len(line) < 60 and not _ENDS.search(line)]
    return find_in_signature([*(short if len(last) > 1 else ()), *text.tails], participant.name, people)
