"""What the subject and the text of a mail say of a machine, where its headers say nothing.

A subject such as "Automatische Antwort: …" counts by itself; "Abwesenheit am 16." counts only where the text
says the same, for people write that too. A text alone counts where it says that it is automatic, or where
somebody is away and it speaks as notes do; never where the writer speaks of taking part. "Re: Automatische
Antwort" is a person's reply to one of ours.
"""

import re
from dataclasses import dataclass

from mailflow.model import Automatic, Letter
from mailflow.rules.machines import Machines, word_ends, words_of
from mailflow.understand.origin.mailboxes import is_postmaster

_TAG = re.compile(r"^(?:\s*[\[({*<#][^\])}>\n]{0,60}[\])}>*]{1,3})+\s*")
_CLOSED = re.compile(r"\s*(?:[:\-–—|：(\[\])\"„“«!.,]|$)")
_CODE = re.compile(r"(?<![\d.])[45]\.\d{1,2}\.\d{1,3}(?!\.?\d)|(?<!\d)(?:55[0-4]|45[0-2]|42[1-2])[ -](?=\S)")
_LETTER_START = 15_000  # characters of the whole text in which a report says what it is


@dataclass(frozen=True, slots=True)
class Wording:
    """The sorts of phrase that stand in a mail, with the phrases."""

    opens: frozenset[str]  # sorts of subject it begins with, and ends the beginning with a colon or the like
    begins: frozenset[str]  # the same without the colon
    subject: str
    asks: bool  # is there a question mark in the text?
    texts: dict[str, list[str]]  # of what was written in this mail

    def says(self, *sorts: str) -> bool:
        """Does one of these sorts stand in the text?"""
        return any(sort in self.texts for sort in sorts)

    def shown(self, sort: str) -> str:
        """The first phrase of that sort, for a reason."""
        return f"Der Text sagt „{self.texts[sort][0]}“"

    @property
    def is_absent(self) -> bool:
        """Is somebody away for a while?"""
        return self.says("away") and self.says("until") and not self.asks

    @property
    def is_note(self) -> bool:
        """Does somebody who is away speak as holiday notes do? (Who asks back is a person.)"""
        notes = len(self.texts.get("note", ()))
        if not self.says("away") or (self.asks and notes < 2):
            return False
        return notes > 1 or (self.says("until") and (notes > 0 or self.says("thanks")))

    @property
    def is_acknowledgement(self) -> bool:
        """Does a ticket system or the like say that something has arrived?"""
        found = len(self.texts.get("acknowledged", ()))
        return found > 1 or (found > 0 and self.says("thanks", "automatic"))

    @property
    def takes_part(self) -> bool:
        """Does a person speak of coming, not coming, or of the access data?"""
        return self.says("taking_part")


def read_wording(letter: Letter, written: str, machines: Machines) -> Wording:
    """Look up the subject, with and without tags such as "[EXTERN]" before it, and what was written."""
    subject = letter.subject[:400]
    begins: set[str] = set()
    opens: set[str] = set()
    for each in dict.fromkeys((subject, _TAG.sub("", subject, count=1))):
        ends = word_ends(each)
        begun = machines.subjects.open(words_of(each))
        begins |= begun.keys()
        opens |= {sort for sort, length in begun.items() if _CLOSED.match(each, ends[length - 1])}
    anywhere = {"away"} & machines.subjects.find(words_of(subject)).keys()
    texts = machines.texts.find(words_of(written))
    if form := machines.texts.find(words_of(subject)).get("form"):
        texts["form"] = form
    return Wording(
        opens=frozenset(opens),
        begins=frozenset(begins | anywhere),
        subject=" ".join(subject[:200].split())[:80],
        asks="?" in written or "؟" in written,
        texts=texts,
    )


def find_report(letter: Letter, machines: Machines, wording: Wording) -> Automatic | None:
    """A report of undelivered mail that no header marks: old and home-made mail systems."""
    told = len(wording.texts.get("undelivered", ()))
    by_system = any(map(is_postmaster, letter.senders)) or any(
        machines.names.open(words_of(each.name)) for each in letter.senders
    )
    if not (told or by_system or "bounce" in wording.opens | wording.begins):
        return None  # most mails: the whole text need not be looked through
    text = letter.text[:_LETTER_START]
    texts = machines.texts.find(words_of(text)).keys()
    has_code = _CODE.search(text) is not None
    texts = machines.texts.find(words_of(text)).keys()
    reported = not texts.isdisjoint({"undelivered", "bounce"})
    titled = by_system and "bounce" in wording.opens | wording.begins
    opened = "bounce" in wording.opens and (has_code or reported) and not wording.takes_part
    begun = "bounce" in wording.begins and has_code and reported
    if titled or (by_system and (has_code or reported)) or opened or begun:
        return Automatic("bounce", f"Unzustellbarkeitsmeldung: „{wording.subject}“")
    certain = told > 1 or (told == 1 and (has_code or "bounce" in texts))
    if certain and not wording.takes_part and not wording.says("personal"):
        return Automatic("bounce", wording.shown("undelivered"), hard=False)
    return None


def find_note(letter: Letter, wording: Wording, *, to_us: bool) -> Automatic | None:
    """Holiday notes, acknowledgements, challenges, receipts and calendar answers without a mark in the
    headers.

    `to_us` says whether the mail answers one of our answers: then a telling subject makes it certain."""
    return _receipt(letter, wording) or _by_subject(wording, to_us) or _by_text(wording, to_us)


def _receipt(letter: Letter, wording: Wording) -> Automatic | None:
    """Receipts and calendar answers."""
    empty = not wording.texts and len(letter.text.strip()) < 3
    if "calendar" in wording.opens and ("text/calendar" in letter.content_types or empty):
        because = f"Antwort aus dem Kalender: „{wording.subject}“"
        return Automatic("auto-reply", because, hard=not wording.says("personal"))
    if "method=reply" in (letter.header("content-type") or "").lower().replace('"', "").replace(" ", ""):
        return Automatic("auto-reply", "Antwort aus dem Kalender (METHOD:REPLY)")
    if "receipt" in wording.opens and not wording.takes_part and (wording.says("receipt") or empty):
        return Automatic("auto-reply", f"Lesebestätigung: „{wording.subject}“")
    return None


def _by_subject(wording: Wording, to_us: bool) -> Automatic | None:
    because = f"Betreff „{wording.subject}“"
    sure = wording.is_note or wording.is_acknowledgement or wording.says("automatic")
    machine = sure or wording.says("away", "until", "acknowledged")
    if "auto_reply" in wording.opens:
        if wording.takes_part and not machine:
            return None  # a person answers under the subject of an automatic mail of ours
        return Automatic("auto-reply", because, hard=to_us)
    absent = sure or wording.is_absent
    hinted = ("auto_reply" in wording.begins and machine) or ("away" in wording.begins and absent)
    return Automatic("auto-reply", because, hard=to_us) if hinted and not wording.takes_part else None


def _by_text(wording: Wording, to_us: bool) -> Automatic | None:
    if wording.says("form"):
        return None  # a web form says that it is one, but the words are a person's
    if len(wording.texts.get("challenge", ())) > 1:
        return Automatic("auto-reply", wording.shown("challenge"), hard=False)
    if wording.takes_part:
        return None
    if wording.says("automatic"):
        return Automatic("auto-reply", wording.shown("automatic"), hard=False)
    if wording.is_acknowledgement:
        return Automatic("auto-reply", wording.shown("acknowledged"), hard=False)
    if wording.is_note or (to_us and wording.is_absent):
        return Automatic("auto-reply", wording.shown("away"), hard=False)
    return None
