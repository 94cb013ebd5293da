"""What is asked for in the mail as a whole.

Each sentence has settled its own quarrels (meanings.py); here the mail settles those between its sentences
and its subject. Nothing here knows a word of any language: the words that lead to a meaning are rules.
Where it is unsure, somebody who plausibly wants to come counts as signing up, for the event is open to all;
nobody who cancels, declines, only asks or only brings an idea does.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from mailflow.model import Intent, Reason
from mailflow.understand.meanings import SentenceReading
from mailflow.vocabulary.phrases import ENOUGH, Match

SURE = 3
# Probability by a rule, and by the hunch alone: beside another intent an idea is told plainly or is a story.
_PLAINLY = (0.65, 0.82)
_BESIDE_IDEA = 0.3  # probability of a sign-up that no rule is sure of, beside an idea
_SUBSTANCE = 3  # words: below that a sentence that says nothing else is no idea either
_SUBJECT_SAYS = {"idea": ENOUGH, "off_topic": SURE}  # how strongly a subject may say it
_SHORT = 15  # words: below that somebody who says how many they are says nothing else
# Whoever writes this has something else in mind than a sign-up that is only hinted at.
_BUSY = ("idea", "question", "thanks", "off_topic")
_COUNTED = Match("sign_up", "", 1, "nennt, wie viele kommen", "", frozenset())


@dataclass(frozen=True, slots=True)
class Weighing:
    """The sentences of a mail and its subject, weighed against each other.

    `subject` is None where it is not the writer's own (a reply, a forwarded mail) or empty. `expected` says
    that the writer is known to us: signed up (it may be by their own words), or answering one of our mails;
    `corrects` that such a writer states who comes anew ("nein, wir sind zu viert", "meine Frau doch nicht");
    `counted` that the mail says how many they are; `eve` that the event is today or tomorrow: nobody who did
    not sign up declines so late.
    """

    sentences: Sequence[SentenceReading]
    subject: SentenceReading | None
    expected: bool
    corrects: bool = False
    counted: bool = False
    eve: bool = False

    def best(self, meaning: str) -> int:
        """The strongest single sentence for a meaning."""
        return max((sentence.strength(meaning) for sentence in self.sentences), default=0)

    def total(self, *meanings: str) -> int:
        """What sentences and subject together say; hints add up."""
        text = sum(max(each.strength(meaning) for meaning in meanings) for each in self.sentences)
        return text + self.hint(*meanings)

    def hint(self, *meanings: str) -> int:
        """What the subject says: mostly no more than a hint, for many a subject is an old one."""
        if self.subject is None:
            return 0
        return max(min(self.subject.strength(name), _SUBJECT_SAYS.get(name, 1)) for name in meanings)

    def last(self, meaning: str, strength: int) -> int:
        """The position of the last sentence that says it at least so strongly, or -1."""
        found = [n for n, each in enumerate(self.sentences) if each.strength(meaning) >= strength]
        return found[-1] if found else -1

    def says(self, meaning: str) -> bool:
        """Whether sentences and subject together say it strongly enough."""
        return self.best(meaning) >= ENOUGH or self.total(meaning) >= ENOUGH

    def why(self, *meanings: str) -> Match | None:
        """The strongest match for one of the meanings, the subject's last."""
        everything = [*self.sentences, self.subject] if self.subject else self.sentences
        matches = [
            each.meanings[meaning] for each in everything for meaning in meanings if meaning in each.meanings
        ]
        return max(matches, key=lambda match: match.strength, default=None)


def find_intents(mail: Weighing) -> tuple[tuple[Intent, ...], tuple[Reason, ...]]:
    """The intents of the mail, sorted, each with the rule and the words that led to it."""
    found: dict[Intent, Match | None] = {}
    if mail.total("off_topic") >= SURE and not _signs_up_by_name(mail):
        return (), ()
    if _cancels(mail):
        found["cancel"] = mail.why("cancel", "decline")
    elif _wants_again(mail):
        found["resend"] = mail.why("resend")
        if _changes_besides(mail):
            found["sign_up"] = mail.why("sign_up")
    elif _signs_up(mail):
        found["sign_up"] = mail.why("sign_up", "access") or _COUNTED
    if "cancel" not in found and _practises(mail, signs_up="sign_up" in found):
        if "resend" not in found or mail.best("practice") == SURE:
            found["practice"] = mail.why("practice")
        if "sign_up" in found and not _signs_up_besides_practice(mail):
            del found["sign_up"]
    if _brings_idea(mail, found):
        found["idea"] = mail.why("idea")
    if _asks(mail, found):
        found["question"] = mail.why("question")
    intents = tuple(sorted(found))
    return intents, tuple(_reason(intent, found[intent]) for intent in intents)


def _signs_up_by_name(mail: Weighing) -> bool:
    """Surely signs up for our event, named by its day or name: then nothing beside it makes it off topic."""
    return _names_event(mail.sentences, SURE)


def _names_event(
    sentences: Sequence[SentenceReading], strength: int, meaning: Literal["sign_up", "access"] = "sign_up"
) -> bool:
    """A sign-up so strong at least, in words that name the event by its day or name."""
    matches = [each.meanings.get(meaning) for each in sentences]
    return any(match and match.dated and match.strength >= strength for match in matches)


def _asks(mail: Weighing, found: Collection[Intent]) -> bool:
    """Whether a person has to answer. Whoever tells an idea asks many a thing, but means what comes last."""
    if not {"idea", "resend", "cancel"} & set(found):
        return mail.best("question") >= ENOUGH
    if mail.best("question") == SURE or "resend" in found or not mail.sentences:
        return mail.best("question") == SURE
    last = mail.sentences[-1]
    return last.line.asks and last.strength("question") >= ENOUGH and last.strength("idea") < ENOUGH


def _brings_idea(mail: Weighing, found: Collection[Intent]) -> bool:
    """Whether there is an idea: said surely, or likely in a sentence that says nothing else."""
    best, total = mail.best("idea"), mail.total("idea")
    besides = {"cancel", "resend"} & set(found)
    if found and not besides and not any(each.bears_out("idea", *_PLAINLY) for each in mail.sentences):
        return False  # "Ich spreche wenig Deutsch, meine Tochter übersetzt"
    if any(each.said == ("idea",) for each in mail.sentences):
        return True
    if besides:
        why = mail.why("idea")
        return best == SURE and (total > SURE or (why is not None and why.kind == "suggestion"))
    if best == SURE or total >= SURE or (best >= ENOUGH and not found):
        return True
    untold = any(not each.meanings and len(each.line.words) >= _SUBSTANCE for each in mail.sentences)
    return untold and mail.hint("idea") >= ENOUGH


def _reason(intent: Intent, match: Match | None) -> Reason:
    return Reason(f"intent {intent}", match.rule if match else "", match.because if match else "")


def _cancels(mail: Weighing) -> bool:
    """Takes a sign-up back: says so, or declines where we expect them; and does not sign up after all."""
    if mail.best("change") >= ENOUGH and mail.best("sign_up") >= ENOUGH:
        return False  # "mein Mann kann doch nicht, ich nehme alleine teil"
    if mail.expected and mail.last("change", ENOUGH) > mail.last("cancel", ENOUGH):
        return False  # "Mein Bruder kann doch nicht. Es bleiben meine Frau und ich."
    declines = any(_declines(each) for each in mail.sentences)
    withdrawing = declines and mail.best("registered") >= ENOUGH
    corrects = mail.corrects and not withdrawing  # "Meine Frau und ich waren angemeldet. Wir können nicht."
    comes_anyway = corrects or SURE in (mail.best("sign_up"), mail.best("practice"))
    if comes_anyway and mail.best("cancel") < SURE:
        return False
    had_signed_up = (mail.expected or mail.eve) and max(mail.best("sign_up"), mail.best("resend")) < ENOUGH
    withdrawn = mail.says("cancel") or (declines and (had_signed_up or mail.total("cancel") > 0))
    return withdrawn and mail.last("sign_up", SURE) <= mail.last("cancel", ENOUGH)


def _declines(sentence: SentenceReading) -> bool:
    """ "Tablets for people who have none" declines nothing, though it may look so."""
    return sentence.strength("decline") >= ENOUGH > sentence.strength("idea")


def _wants_again(mail: Weighing) -> bool:
    """The access data never came or got lost; a hint of it is enough where they are asked for.

    Whoever surely signs up and likely asks for them "again" asks for the first time."""
    if mail.best("resend") >= ENOUGH:
        return mail.best("resend") == SURE or not _signs_up_by_name(mail)
    return mail.total("resend") > 0 and mail.total("resend", "access") > ENOUGH


def _changes_besides(mail: Weighing) -> bool:
    """Misses the access data and says who comes now: another sentence speaks of it."""
    return any(
        each.strength("change") >= ENOUGH
        and each.strength("sign_up") >= ENOUGH
        and not each.strength("resend")
        for each in mail.sentences
    )


def _signs_up(mail: Weighing) -> bool:
    """Says it surely; or likely and does not decline; or hints at it and has nothing else in mind."""
    if _decides_later(mail):
        return False
    likely = _likely_comes(mail)
    if mail.best("sign_up") == SURE or mail.corrects or (likely and mail.best("change") >= ENOUGH):
        return True
    if mail.expected and mail.best("practice_decline") >= ENOUGH:
        return True  # signed up, and takes back the try-out
    if mail.best("decline") >= ENOUGH:
        return _comes_all_the_same(mail)
    return likely or _hints_at_coming(mail)


def _likely_comes(mail: Weighing) -> bool:
    """A sentence says so; beside an idea ("ich komme ja viel herum") the whole sentence must bear it out."""
    plain = _BESIDE_IDEA if mail.best("idea") >= ENOUGH else 0.0
    return any(
        each.strength(meaning) >= ENOUGH and each.bears_out(meaning, plain, plain)
        for each in mail.sentences
        for meaning in ("sign_up", "access")
    )


def _comes_all_the_same(mail: Weighing) -> bool:
    """ "Frau Abels kann nicht. Alle übrigen kommen am 17.": named the event after declining. Or asked for the
    access data to it: "Für drei aus meinem Kurs bitte ich um Zugang am 17. Ich selbst kann leider nicht"."""
    after = mail.sentences[mail.last("decline", ENOUGH) + 1 :]
    return _names_event(after, ENOUGH) or _names_event(mail.sentences, SURE, "access")


def _decides_later(mail: Weighing) -> bool:
    """ "It depends, then I will sign up": no sign-up, unless another sentence says so and asks nothing."""
    if mail.best("undecided") < ENOUGH:
        return False
    return not any(
        each.strength("sign_up") == SURE
        and not each.strength("undecided")
        and each.strength("question") < ENOUGH
        for each in mail.sentences
    )


def _hints_at_coming(mail: Weighing) -> bool:
    """Hints are enough where nothing else is in mind; how many come is one.

    "2 Pers., danke" says thanks ahead, unless we know the writer."""
    if mail.hint("decline"):
        return False
    busy = [other for other in _BUSY if mail.best(other) >= ENOUGH]
    hints = mail.total("sign_up", "access")
    if not busy:
        return hints > 0 or _only_counts(mail)
    if busy == ["thanks"] and not mail.expected:
        return hints + _only_counts(mail) >= ENOUGH
    return hints > ENOUGH


def _only_counts(mail: Weighing) -> bool:
    """A short mail of somebody we do not know says how many they are, and nothing of an idea."""
    length = sum(len(each.line.words) for each in mail.sentences)
    return mail.counted and not mail.expected and length <= _SHORT and not mail.total("idea")


def _practises(mail: Weighing, *, signs_up: bool) -> bool:
    """Wants the try-out and does not decline it at once; with a bare sign-up the subject counts too."""
    wants, declines = mail.best("practice"), mail.best("practice_decline")
    if wants > declines:
        return True
    if wants >= ENOUGH and mail.last("practice", ENOUGH) != mail.last("practice_decline", ENOUGH):
        return True
    comes = signs_up or mail.best("sign_up") or mail.best("access") or not mail.sentences
    return mail.total("practice") > 0 and not declines and bool(comes)


def _signs_up_besides_practice(mail: Weighing) -> bool:
    """Signs up for the event too, and not only in the words that speak of the try-out."""
    if mail.best("decline") >= ENOUGH and mail.best("sign_up") < SURE:
        return False
    if mail.expected and not mail.corrects:  # whoever is signed up adds the try-out
        return any(each.meanings["sign_up"].dated for each in mail.sentences if "sign_up" in each.meanings)
    for sentence in mail.sentences:
        sign_up, practice = sentence.meanings.get("sign_up"), sentence.meanings.get("practice")
        if sign_up and sign_up.strength >= ENOUGH and not practice:
            return True
        if sign_up and practice and (sign_up.clauses - practice.clauses or sign_up.strength == SURE):
            return True
    return mail.hint("sign_up") > 0
