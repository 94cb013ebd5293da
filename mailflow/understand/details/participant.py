"""Who comes, by name: the participant's, which is the writer's unless somebody else is signed up.

Rules: what the text states ("mein Name ist …") counts before the signature, the signature before the
sender's display name. A name stays as signed ("H. Kox", "Moni"), but a part of it that the text states gives
way to the whole.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from mailflow.model import Letter
from mailflow.rules.people import People, Speech
from mailflow.rules.people_words import fold
from mailflow.understand.details.headcount.conclusion import Headcount
from mailflow.understand.details.names import (
    fuller,
    is_inflected,
    may_be_called,
    own_first,
    read_last_line,
    read_name,
    read_name_line,
    read_sender,
)
from mailflow.understand.details.proxies import find_principal
from mailflow.understand.details.sentences.sentence import Sentence, Token
from mailflow.understand.details.text import Text

_LABEL = re.compile(r"^[ \t*•>-]*([^\W\d_][^:=\n]{0,40}?)[ \t]*[:=][ \t]*(\S[^\n]{0,120})$", re.MULTILINE)
_ASIDE = re.compile(r"[(:]\s*([^():.,;\n]{5,50})(?:[).,;]|$)", re.MULTILINE)
LAST_LINES = 3  # of what was written: there people sign who use no closing


@dataclass(frozen=True, slots=True)
class Participant:
    """Who takes part. `stated`: the text names him; `other`: somebody else writes for him."""

    name: str = ""
    stated: bool = False
    other: bool = False


class Sender(NamedTuple):
    """The name by which a mail was sent, and whether it surely is a person's."""

    name: str
    surely: bool


def find_name(
    letter: Letter, text: Text, shown: Sender, count: Headcount, people: People, speech: Speech
) -> Participant:
    """The participant, by what the mail says, how it is signed and who sent it."""
    sender, surely = shown
    known = _known_words(letter, sender)
    signature = _signature_name(text, people, speech, known, shown)
    other = _other_name(text, people, speech, count)
    if other:
        own = sender if surely and set(_small(other)) <= set(_small(sender)) else other
        return Participant(signature if is_inflected(own, signature) else own, True, own != sender)
    stated = _labelled_name("\n".join([text.written, *text.signed]), people) or _pattern_name(
        text.sentences, speech, people, other=False
    )
    if stated:
        return Participant(fuller(fuller(stated, signature), sender if surely else ""), True)
    signature = signature if not surely or may_be_called(signature, sender) else ""
    return Participant(signature or sender)


def _other_name(text: Text, people: People, speech: Speech, count: Headcount) -> str:
    """Who comes where the writer does not; "" where the writer does."""
    told = _pattern_name(text.sentences, speech, people, other=True)
    named = "" if count.writer else count.named or told
    named = named or find_principal(text.sentences, told, count.persons, speech)
    named = _with_first_name(named, text.written, people, speech)
    return named or ("" if count.writer else _name_in_brackets(text.written, people))


def sender_name(letter: Letter, people: People) -> Sender:
    """The name in From, or in Reply-To where From shows an institution or a machine."""
    shown = [*letter.senders[:1], *letter.reply_to[:1]]
    names = [Sender(*read_sender(address.name, people)) for address in shown]
    named = [found for found in names if found.surely] or [found for found in names if found.name]
    return named[0] if named else Sender("", False)


def _known_words(letter: Letter, sender: str) -> frozenset[str]:
    address = letter.senders[0].addr if letter.senders else ""
    words = re.findall(r"[^\W\d_]{2,}", sender + " " + address.partition("@")[0])
    return frozenset(fold(word, True) for word in words)


def _with_first_name(name: str, written: str, people: People, speech: Speech) -> str:
    """ "Herr Paulsen" of the subject is called Jochen Paulsen in the text; "mein Sohn Jens" is Jens."""
    if not name or " " in name:
        return name
    found = re.findall(r"\w[\w-]+ " + re.escape(name) + r"\b", written)
    found = [each for each in found if not speech.words.meaning(fold(each.split()[0], speech.umlauts)).tags]
    return next((full for each in found if " " in (full := read_name(each, people))), name)


def _name_in_brackets(written: str, people: People) -> str:
    """ "meine Mama anmelden (Rosemarie Keller)", "melden Sie meinen Mann an: Rolf Kamps"."""
    inside = (match.group(1) for match in _ASIDE.finditer(written))
    return next((name for text in inside if " " in (name := read_name(text, people))), "")


def _labelled_name(written: str, people: People) -> str:
    """ "Name: Sabrina Lüttgen", "Vorname: … Nachname: …"."""
    parts: dict[str, str] = {}
    for match in _LABEL.finditer(written):
        label = re.sub(r"[^\w]+", "_", fold(match.group(1).strip(" *"), True)).strip("_")
        for kind in ("labels", "first_labels", "last_labels"):
            if people.has(label, f"name:{kind}") or (kind, label) in people.labels:
                parts.setdefault(kind, read_name_line(match.group(2), people, _small(match.group(2))))
    if parts.get("first_labels") and (parts.get("last_labels") or parts.get("labels")):
        return f"{parts['first_labels']} {parts.get('last_labels') or parts['labels']}"
    return parts.get("labels") or parts.get("last_labels") or parts.get("first_labels") or ""


def _small(text: str) -> frozenset[str]:
    """After a label, small letters are a name as well."""
    return frozenset(fold(word.strip(".,"), True) for word in text.split())


def _pattern_name(sentences: list[Sentence], speech: Speech, people: People, *, other: bool) -> str:
    """ "ich heiße …", "mein Name ist …"; with `other`, "sie heißt …"."""
    for sentence in sentences:
        for leads in (speech.other_names,) if other else (speech.names, speech.full_names):
            for match in leads.find_first(sentence.line):
                name = _name_behind(match, sentence, people)
                if name and (leads is not speech.full_names or (" " in name and name == name.title())):
                    return name
    return ""


def _name_behind(match: re.Match[str], sentence: Sentence, people: People) -> str:
    if match.end() not in sentence.offsets:
        return ""
    return _name_from(sentence.tokens[sentence.offsets.index(match.end()) :], people)


def _name_from(tokens: list[Token], people: People) -> str:
    """The name at the beginning of these words: capitals while they last, or two words in small letters."""
    words: list[str] = []
    capitals = bool(tokens) and tokens[0].text[:1].isupper()
    for token in tokens[:4]:
        stops = token.mark or token.number is not None or token.low == "0"
        known = bool(token.meaning.tags - {"title", "article", "aside"})
        if stops or (known and not (capitals and token.text[:1].isupper() and not token.has("i"))):
            break
        if capitals and not token.text[:1].isupper() and len(token.text) > 3:
            break
        words.append(token.text)
        if not capitals and len(words) == 2:
            break
    while words:
        name = read_name(" ".join(words), people, frozenset(fold(word, True) for word in words))
        if name:
            return name
        words.pop()
    return ""


def _signature_name(text: Text, people: People, speech: Speech, known: frozenset[str], shown: Sender) -> str:
    """A full name of the signature, else one of the last lines, else what stands first in the signature."""
    small = text.written.islower()
    lines_known = (
        (each, known | _small(each) if small and each.islower() else known) for each in text.signed
    )
    found = [name for line, words in lines_known if (name := read_name_line(line, people, words))]
    full = next((name for name in found if " " in name), "")
    if full:
        return full
    lines = [line for line in text.written.splitlines() if line.strip()]
    own = _small(shown.name)
    if shown.surely and " " in shown.name and any(own <= _small(line) for line in lines[-2 * LAST_LINES :]):
        return shown.name
    for line in reversed(lines[-LAST_LINES:]):
        name = read_last_line(line, people, speech, known) or _after_last_stop(line, people, speech, known)
        if name and (" " in name or not found):
            return name
    above = [read_last_line(line, people, speech, known) for line in lines[-3 * LAST_LINES : -LAST_LINES]]
    return next((name for name in reversed(above) if " " in name), "") or own_first(found, known)


def _after_last_stop(line: str, people: People, speech: Speech, known: frozenset[str]) -> str:
    """ "… im Voraus! Mfg Manfred Jürgens": what follows a sentence's end on a line, or the last comma."""
    for tail in reversed(re.split(r"(?:[!?…؟)]|(?<!\b[^\W\d_])[.])+\s+", line.rstrip(" .!"))[1:]):
        name = read_last_line(tail, people, speech, known) if len(tail) <= 90 else ""
        if name:
            return name
    _, comma, tail = line.rstrip(" .!").rpartition(",")
    name = read_name_line(tail, people, known) if comma and len(tail) <= 60 else ""
    return name if all({fold(word, True), fold(word)} & known for word in name.split()) else ""
