"""What each sentence means, where several rules spoke in it.

Whoever cancels does not sign up in the same breath; whoever asks for the link asks no question. Which
meaning wins holds in every language; the words that lead to it are rules.

second_look.py  where the hunch has a say beside the rules
hunch.py        the hunch itself, learned from examples
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from mailflow.model import Piece
from mailflow.understand.meanings.second_look import (
    GUESS,
    HUNCH,
    NO_VOTES,
    QUESTION_MARK,
    Votes,
    doubted,
    filled,
    meant,
    take_votes,
)
from mailflow.vocabulary.days import EVENT, PRACTICE, Days
from mailflow.vocabulary.phrases import ENOUGH, Match, Vocabulary
from mailflow.vocabulary.sentences import Line

_DAYS = {f"<{day}>": day for day in (EVENT, PRACTICE)}
_QUOTE_MARK = re.compile(r"^[>\s|]+", re.MULTILINE)
_LAST_WORDS = 600  # characters at the end of a quote in which its last question stands
_MOST_TEXT = 20_000  # characters that are read for their meaning; nobody writes more, a robot may
_HARDLY = 0.05  # probability below which a sentence that no rule knows is no sign-up
_A_QUESTION = 3  # words: "Dienstag?" asks nobody
# (winner, loser), meanings or kinds of idea: both in the same clause, the first is meant
_SAME_CLAUSE = frozenset({
    ("cancel", "sign_up"), ("cancel", "access"), ("cancel", "decline"), ("cancel", "idea"),
    ("cancel", "question"),
    ("decline", "sign_up"),
    ("practice_decline", "practice"), ("practice_decline", "decline"),
    ("practice_decline", "idea"),
    ("resend", "access"), ("resend", "sign_up"), ("resend", "cancel"), ("resend", "decline"),
    ("resend", "idea"),
    ("access", "question"), ("access", "idea"), ("resend", "question"),
    ("suggestion", "question"), ("question", "need"), ("question", "resource"), ("question", "interest"),
    ("sign_up", "idea"), ("practice", "idea"), ("practice", "access"), ("practice", "question"),
    ("contact", "question"),
    ("registered", "sign_up"), ("registered", "practice"), ("registered", "idea"), ("cancel", "registered"),
})  # fmt: skip
_ELSE = frozenset({"idea", "off_topic", "question"})
# (winner, loser): anywhere in the same sentence
_SAME_SENTENCE = frozenset({
    ("off_topic", "sign_up"), ("off_topic", "cancel"), ("off_topic", "resend"), ("off_topic", "access"),
    ("off_topic", "practice"), ("off_topic", "decline"), ("off_topic", "question"), ("off_topic", "idea"),
    ("off_topic", "practice_decline"),
    ("cancel", "decline"), ("resend", "access"), ("cancel", "access"), ("resend", "question"),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """One sentence: what it means, each meaning with the match that speaks strongest for it."""

    line: Line
    meanings: Mapping[str, Match]
    votes: Votes = field(default_factory=dict, compare=False)  # of the second look
    doubted: tuple[Match, ...] = ()  # what rules said that the second look doubts
    days: frozenset[str] = frozenset()  # EVENT and PRACTICE, where it names them

    def strength(self, meaning: str) -> int:
        """How strongly the sentence means it: 3 sure, 2 likely, 1 a hint, 0 not at all."""
        match = self.meanings.get(meaning)
        return match.strength if match else 0

    def bears_out(self, meaning: str, by_rule: float, by_hunch: float) -> bool:
        """Whether a rule that may not be doubted says it, or the sentence as a whole makes it so probable:
        `by_rule` where a rule says it too, `by_hunch` where none does."""
        match = self.meanings.get(meaning)
        if match is None:
            return False
        wanted = by_hunch if match.rule == HUNCH else by_rule
        return not match.doubt or self.votes.get(meant(meaning), 1.0) >= wanted

    @property
    def said(self) -> tuple[str, ...]:
        """The meanings that count by themselves, and are no mere hints."""
        return tuple(name for name, match in self.meanings.items() if match.strength >= ENOUGH)


def read_sentences(
    pieces: Iterable[Piece], vocabulary: Vocabulary, days: Days, language: str = ""
) -> list[SentenceReading]:
    """Every written sentence with what it means. What answers a quoted question is read as its answer.

    By the rules alone, unless the language is named, whose examples the second look has learned.
    """
    found: list[SentenceReading] = []
    question: SentenceReading | None = None
    left = _MOST_TEXT
    for piece in pieces:
        if piece.kind == "quoted":
            question = _last_question(piece, vocabulary, days)
        elif piece.kind == "written":
            own = [
                _read_line(line, vocabulary, days, language) for line in vocabulary.split(piece.text[:left])
            ]
            left -= min(left, len(piece.text))
            if question and own:
                own[0] = _as_answer(own[0], question)
            found += own
            question = None
    return list(_in_context(found, days))


def _read_line(line: Line, vocabulary: Vocabulary, days: Days, language: str) -> SentenceReading:
    tags = vocabulary.tag(line, days)
    votes = take_votes(line, tags, language) if language else NO_VOTES
    named = _DAYS.keys() & set().union(*tags)
    matches = vocabulary.match(line, tags)
    return read_sentence(line, matches, votes, frozenset(_DAYS[tag] for tag in named))


def _in_context(sentences: Iterable[SentenceReading], days: Days) -> Iterator[SentenceReading]:
    """ "On the 16th you can try it out. I should like a place." speaks of the 16th all the time."""
    of_practice = False
    for each in sentences:
        sign_up = each.meanings.get("sign_up")
        if each.days:
            on_the_day = days.today == days.practice and "practice" not in each.meanings  # "heute früh"
            of_practice = (
                EVENT not in each.days and "practice_decline" not in each.meanings and not on_the_day
            )
        elif of_practice and sign_up and not sign_up.dated and "practice" not in each.meanings:
            others = {name: match for name, match in each.meanings.items() if name != "sign_up"}
            each = replace(each, meanings={**others, "practice": sign_up})
        yield each


def _last_question(piece: Piece, vocabulary: Vocabulary, days: Days) -> SentenceReading | None:
    """The last sentence of a quote, if it asks."""
    lines = vocabulary.split(_QUOTE_MARK.sub("", piece.text[-_LAST_WORDS:]))
    if not lines or not lines[-1].asks:
        return None
    return read_sentence(lines[-1], vocabulary.read(lines[-1], days))


def _as_answer(answer: SentenceReading, question: SentenceReading) -> SentenceReading:
    """Whoever is asked about the try-out and says "yes, I will come" comes to the try-out; a mere yes to the
    question who comes is no mere hint."""
    yes = answer.meanings.get("sign_up")
    if yes and yes.strength < ENOUGH and question.meanings.keys() & {"sign_up", "practice"}:
        answer = replace(answer, meanings={**answer.meanings, "sign_up": replace(yes, strength=ENOUGH)})
    if "practice" not in question.meanings or "sign_up" in question.meanings:
        return answer
    meant = {"sign_up": "practice", "decline": "practice_decline", "cancel": "practice_decline"}
    return replace(answer, meanings={meant.get(name, name): match for name, match in answer.meanings.items()})


def of_else(sentences: Iterable[SentenceReading]) -> Iterator[SentenceReading]:
    """Those that only tell an idea, something off topic or a question, and what goes on with it, meaning
    nothing by itself ("In Neuss haben wir das mit acht Leuten gemacht"): whoever is counted there need not
    come."""
    goes_on = False
    for each in sentences:
        silent = not each.meanings and each.votes.get("sign_up", 0.0) < _HARDLY
        goes_on = (bool(each.said) and _ELSE.issuperset(each.said)) or (goes_on and silent)
        if goes_on:
            yield each


def tells_of_practice(sentence: SentenceReading) -> bool:
    """Whether it tells of the try-out, and not of the event."""
    said = sentence.said
    return "practice" in said and "sign_up" not in said and EVENT not in sentence.days


def sentence_labels(line: Line, matches: Iterable[Match]) -> tuple[str, ...]:
    """The meanings that count by themselves in this sentence."""
    return read_sentence(line, tuple(matches)).said


def read_sentence(
    line: Line, matches: tuple[Match, ...], votes: Votes = NO_VOTES, days: frozenset[str] = frozenset()
) -> SentenceReading:
    """Settle what a sentence means where several rules spoke, or none."""
    matches = tuple(doubted(match, votes) for match in matches)
    losers = {loser for winner, loser in _losers(matches)}
    meanings: dict[str, Match] = {}
    for match in matches:
        if match not in losers and match.strength > _strength(meanings.get(match.says)):
            meanings[match.says] = match
    if (
        line.asks
        and len(line.words) >= _A_QUESTION
        and not any(each.strength >= ENOUGH for each in meanings.values())
    ):
        meanings["question"] = QUESTION_MARK
    uncertain = tuple(match for match in matches if match.doubted)
    return SentenceReading(line, filled(meanings, votes), votes, uncertain, days)


def guess(sentences: Iterable[SentenceReading]) -> list[SentenceReading]:
    """The same where the mail would not be understood at all: now the hunch may speak less surely."""
    return [replace(each, meanings=filled(each.meanings, each.votes, GUESS)) for each in sentences]


def _strength(match: Match | None) -> int:
    return match.strength if match else 0


def _losers(matches: tuple[Match, ...]) -> Iterable[tuple[Match, Match]]:
    for winner in matches:
        for loser in matches:
            if winner.strength < ENOUGH:
                continue
            if (
                (winner.says, loser.says) == ("practice", "sign_up")
                and not loser.dated
                and winner.strength > ENOUGH
            ):
                yield winner, loser  # "zur Probe, da mache ich mit": the try-out is what is joined
            pairs = {(one, other) for one in (winner.says, winner.kind) for other in (loser.says, loser.kind)}
            if pairs & _SAME_SENTENCE or (pairs & _SAME_CLAUSE and loser.clauses <= winner.clauses):
                yield winner, loser
