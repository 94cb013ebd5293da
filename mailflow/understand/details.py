"""Who comes: name, number of people, institution, telephone number.

Rules: what is quoted, forwarded or a disclaimer says nothing about it; what the writer states counts before
the signature, the signature before the sender's display name. A name stays as signed ("H. Kox", "Moni"), but
a part of it that the text states gives way to the whole. `said` names the fields that the text states itself,
so that a reply to our answer corrects those and no others.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from mailflow.model import Details, Letter, Piece
from mailflow.rules.people import People, Speech
from mailflow.rules.people_words import fold
from mailflow.understand.elsewhere import note_elsewhere
from mailflow.understand.ends import split_at_closing, tails
from mailflow.understand.names import (
    fuller,
    is_couple,
    is_inflected,
    is_institution,
    may_be_called,
    own_first,
    read_last_line,
    read_name,
    read_name_line,
    read_sender,
)
from mailflow.understand.organisations import (
    find_in_signature,
    find_in_text,
    find_labelled,
    find_post,
    is_short_for,
    without_office,
)
from mailflow.understand.people_clauses import Sentence, Token, read_sentences
from mailflow.understand.persons import Headcount, count_persons
from mailflow.understand.phones import find_phone
from mailflow.understand.rosters import find_roster

_SIGNED = ("closing", "signature")
_LABEL = re.compile(r"^[ \t*•>-]*([^\W\d_][^:=\n]{0,40}?)[ \t]*[:=][ \t]*(\S[^\n]{0,120})$", re.MULTILINE)
_ASIDE = re.compile(r"[(:]\s*([^():.,;\n]{5,50})(?:[).,;]|$)", re.MULTILINE)
_INHERITED = re.compile(r"\s*[^\W\d_]{2,4}(?:\[\d+\])?\s?:\s")  # "Re: …": the subject was written before
_LAST_LINES = 3  # of what was written: there people sign who use no closing


def find_details(
    letter: Letter,
    pieces: tuple[Piece, ...],
    language: str | None,
    people: People,
    *,
    practice: bool,
    elsewhere: Iterable[str] = (),
) -> Details:
    """What the mail says about who comes. `practice` is handed through; `elsewhere` are the sentences that
    tell of something else, an idea or what is off topic: whoever is counted there need not come."""
    speech = people.speech(language)
    written = "\n".join(piece.text for piece in pieces if piece.kind == "written")
    signed = [line for piece in pieces if piece.kind in _SIGNED for line in piece.text.splitlines()]
    written, below = split_at_closing(written, people)
    signed = below + signed
    sentences = read_sentences(written.lower() if written.isupper() else written, speech)
    note_elsewhere(sentences, elsewhere)
    count = _count(letter, written, signed, sentences, people, speech)
    name, stated = _find_name(letter, written, sentences, signed, people, speech, count)
    organisation, from_text = _find_organisation(letter, sentences, written, signed, people, speech)
    phone = find_phone((written, "\n".join(signed), letter.subject), people)
    said = {
        "persons": count.said and not count.change,
        "name": stated,
        "organisation": from_text,
        "phone": phone is not None,
    }
    return Details(
        name=name or None,
        persons=count.persons,
        organisation=organisation or None,
        phone=phone,
        practice=practice,
        said=frozenset(field for field, here in said.items() if here),
        change=count.change,
    )


def _count(
    letter: Letter,
    written: str,
    signed: list[str],
    sentences: list[Sentence],
    people: People,
    speech: Speech,
) -> Headcount:
    """A list of names counts before what the sentences say."""
    display = letter.senders[0].name if letter.senders else ""
    roster = find_roster("\n".join([written, *signed]), _sender_name(letter, people)[0], people, speech)
    if roster:
        first = "" if roster.writer else roster.first
        return Headcount(roster.persons, True, writer=roster.writer, named=first)
    inherited = bool(letter.references) or _INHERITED.match(letter.subject) is not None
    found = count_persons(sentences, "" if inherited else letter.subject, speech)
    couple = any(is_couple(line, people) for line in [display, *signed, *tails(written)])
    if couple and any(token.has("we") for each in sentences for token in each.tokens):
        if not found.said:
            return Headcount(2, True)
        if found.summed and found.writer:
            return replace(found, persons=found.persons + 1)
    return found


# --- name ----------------------------------------------------------------------------------------------


def _find_name(
    letter: Letter,
    written: str,
    sentences: list[Sentence],
    signed: list[str],
    people: People,
    speech: Speech,
    count: Headcount,
) -> tuple[str, bool]:
    """The participant's name, and whether the text states it."""
    sender, surely = _sender_name(letter, people)
    known = _known_words(letter, sender)
    signature = _signature_name(written, signed, people, speech, known, sender, surely)
    if not count.writer:
        other = count.named or _pattern_name(sentences, speech, people, other=True)
        other = _with_first_name(other, written, people) or _name_in_brackets(written, people)
        if other:
            own = sender if surely and set(_small(other)) <= set(_small(sender)) else other
            return (signature if is_inflected(own, signature) else own), True
    stated = _labelled_name("\n".join([written, *signed]), people) or _pattern_name(
        sentences, speech, people, other=False
    )
    if stated:
        return fuller(fuller(stated, signature), sender if surely else ""), True
    signature = signature if not surely or may_be_called(signature, sender) else ""
    return signature or sender, False


def _sender_name(letter: Letter, people: People) -> tuple[str, bool]:
    """The name in From, or in Reply-To where From shows an institution or a machine."""
    names = [read_sender(address.name, people) for address in [*letter.senders[:1], *letter.reply_to[:1]]]
    return next(
        (found for found in names if found[1]), next((found for found in names if found[0]), ("", False))
    )


def _known_words(letter: Letter, sender: str) -> frozenset[str]:
    address = letter.senders[0].addr if letter.senders else ""
    words = re.findall(r"[^\W\d_]{2,}", sender + " " + address.partition("@")[0])
    return frozenset(fold(word, True) for word in words)


def _with_first_name(name: str, written: str, people: People) -> str:
    """ "Herr Paulsen" of the subject is called Jochen Paulsen in the text."""
    if not name or " " in name:
        return name
    found = re.findall(r"\w[\w-]+ " + re.escape(name) + r"\b", written)
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
        patterns = speech.other_names if other else (*speech.names, *speech.full_names)
        for pattern in patterns:
            match = pattern.search(sentence.line)
            if match and match.end() in sentence.offsets:
                name = _name_from(sentence.tokens[sentence.offsets.index(match.end()) :], people)
                full = " " in name and name == name.title() if pattern in speech.full_names else name
                if full:
                    return name
    return ""


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


def _signature_name(
    written: str,
    signed: list[str],
    people: People,
    speech: Speech,
    known: frozenset[str],
    sender: str,
    surely: bool,
) -> str:
    small = written.islower()
    found = [
        name
        for line in signed
        if (name := read_name_line(line, people, known | _small(line) if small else known))
    ]
    full = next((name for name in found if " " in name), "")
    if full:
        return full
    lines = [line for line in written.splitlines() if line.strip()]
    own = set(_small(sender))
    if surely and " " in sender and any(own <= set(_small(line)) for line in lines[-2 * _LAST_LINES :]):
        return sender
    for line in reversed(lines[-_LAST_LINES:]):
        name = read_last_line(line, people, speech, known) or _after_last_stop(line, people, speech, known)
        if name and (" " in name or not found):
            return name
    above = [read_last_line(line, people, speech, known) for line in lines[-3 * _LAST_LINES : -_LAST_LINES]]
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


# --- organisation --------------------------------------------------------------------------------------


def _find_organisation(
    letter: Letter, sentences: list[Sentence], written: str, signed: list[str], people: People, speech: Speech
) -> tuple[str, bool]:
    """The institution, and whether the running text names it."""
    last = [line for line in written.splitlines() if line.strip()][-_LAST_LINES - 2 :]
    labelled = find_labelled(written, people)
    if labelled:
        return labelled, True
    in_signature = find_in_signature(signed, people)
    if in_signature:
        return find_post([in_signature], speech, people) or in_signature, False
    in_text = find_in_text(sentences, speech, people)
    display = without_office(letter.senders[0].name if letter.senders else "", people)
    office = display if is_institution(display, people) and not read_name(display, people) else ""
    if office and not is_short_for(office, in_text):
        return office.strip("\"' "), False
    if in_text:
        return in_text, True
    short = [line for line in last if len(line) < 60 and not re.search(r"[.!?]\s*$", line)]
    ends = [*(short if len(last) > 1 else ()), *tails(written)]
    return find_post(signed, speech, people) or find_in_signature(ends, people), False
