"""Which of the written sentences are the idea, whole and in order.

Somebody who brings an idea tells it in several sentences, and only some of them carry a word that says so;
so everything belongs to it that is nothing else: no sign-up, no thanks, no question, no phone number.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mailflow.model import IdeaText
from mailflow.understand.meanings import SentenceReading
from mailflow.vocabulary.phrases import ENOUGH

_OTHER = (
    "sign_up",
    "access",
    "practice",
    "practice_decline",
    "cancel",
    "decline",
    "undecided",
    "registered",
    "resend",
    "question",
)
_ASIDE = ("thanks", "contact", "smalltalk", "off_topic", "change")
_SCRAP = 3  # words
_REMARK = 0.001  # probability below which a sentence beside an idea is none of it
DEFAULT_KIND = "suggestion"


def find_ideas(sentences: Sequence[SentenceReading], subject: SentenceReading | None) -> tuple[IdeaText, ...]:
    """The ideas of a mail that brings some: list items one by one, other sentences by the stretch."""
    if not any(_says_other(sentence) and not _speaks(sentence) for sentence in sentences):
        sentences = [_own_part(sentence) for sentence in sentences]
    stretches = list(_stretches(sentences))
    stretches = [_trimmed(stretch) for stretch in stretches]
    named = [stretch for stretch in stretches if any(_speaks(sentence) for sentence in stretch)]
    ideas = tuple(_idea(stretch) for stretch in (named or stretches))
    if not ideas and subject and subject.strength("idea"):
        return (_idea([subject]),)
    return ideas


def _stretches(sentences: Sequence[SentenceReading]) -> Iterator[list[SentenceReading]]:
    """Neighbouring sentences that belong together: until a list item begins or something else is said."""
    stretch: list[SentenceReading] = []
    for sentence in sentences:
        if not _belongs(sentence):
            if stretch:
                yield stretch
            stretch = []
        elif stretch and sentence.line.item and sentence.line.block != stretch[-1].line.block:
            yield stretch
            stretch = [sentence]
        else:
            stretch.append(sentence)
    if stretch:
        yield stretch


def _trimmed(stretch: list[SentenceReading]) -> list[SentenceReading]:
    """Without what stands at its ends and says nothing of it: names, half words, a last remark."""
    while len(stretch) > 1 and _is_scrap(stretch[-1]):
        stretch = stretch[:-1]
    while len(stretch) > 1 and _is_scrap(stretch[0]):
        stretch = stretch[1:]
    return stretch


def _is_scrap(sentence: SentenceReading) -> bool:
    line = sentence.line
    if _speaks(sentence):
        return False
    remark = sentence.votes.get("idea", 1.0) < _REMARK
    return remark or (len(line.words) <= _SCRAP and line.text[-1] not in ".!")


def _speaks(sentence: SentenceReading) -> bool:
    return sentence.strength("idea") >= ENOUGH or (sentence.line.item and not _says_other(sentence))


def _says_other(sentence: SentenceReading) -> bool:
    return any(sentence.strength(other) >= ENOUGH for other in _OTHER)


def _belongs(sentence: SentenceReading) -> bool:
    if sentence.strength("idea") >= ENOUGH:
        return True
    if _says_other(sentence):
        return False
    return sentence.line.item or not any(sentence.strength(aside) for aside in _ASIDE)


def _idea(stretch: Sequence[SentenceReading]) -> IdeaText:
    matches = [sentence.meanings["idea"] for sentence in stretch if "idea" in sentence.meanings]
    best = max(matches, key=lambda match: match.strength, default=None)
    text = " ".join(" ".join(sentence.line.text.split()) for sentence in stretch)
    return IdeaText(text, (best.kind if best else "") or DEFAULT_KIND, best.rule if best else "")


def _own_part(sentence: SentenceReading) -> SentenceReading:
    """ "I will come, and I wish for a garden": only the wish, where what else is said stands before it."""
    idea = sentence.meanings.get("idea")
    others = [match for name, match in sentence.meanings.items() if name in _OTHER]
    told = {clause for match in others if match.strength >= ENOUGH for clause in match.clauses}
    if not idea or not told or max(told) >= min(idea.clauses, default=0):
        return sentence
    line, place = sentence.line, 0
    for word in line.words:
        place = line.text.index(word.text, place)
        if word.clause > max(told):
            return replace(sentence, line=replace(line, text=line.text[place:]))
        place += len(word.text)
    return sentence
