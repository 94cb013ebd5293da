"""The institution somebody writes for, by its name as written; None for private people.

Rules: a signature's line that names an institution counts first, then the sender's display name, then what
the text says ("für die Grundschule …", "wir vom Seniorenbeirat") in a clause about coming. An institution
that is merely mentioned, a street, an office or the body responsible for another is none.
"""

import re
from collections.abc import Iterable

from mailflow.rules.people import People, Speech
from mailflow.rules.people_words import fold
from mailflow.understand.details.headcount.clauses import Clause
from mailflow.understand.details.names import is_institution
from mailflow.understand.details.sentences import read_sentences
from mailflow.understand.details.sentences.sentence import Sentence, Token

_LONGEST = 80
_SPLIT = re.compile(r"\s+[|·•–—]+\s+|\s*[|·•]\s*|\s{4,}|\t+|\s+-\s+|;\s")
_ADDRESS = re.compile(r",?\s*\b\d{5}\b.*$|,\s*[^,]*\d+\s*[a-z]?$")
_CONTACT = re.compile(r"@|https?:|www\.|\d{5,}|\S\.(?:de|org|com|example|net|eu)\b", re.IGNORECASE)
_ORDINAL = re.compile(r"^[12]\.\s+")  # "1. Vorsitzender"
_HOUSE_NUMBER = re.compile(r"\s\d{1,3}\s?[a-z]?$")
_LABEL = re.compile(
    r"^[ \t*•>-]*([^\W\d_][^:=\n]{0,40}?)[ \t]*[:=][ \t]*([A-ZÄÖÜ„\"][^\n]{2,80})$", re.MULTILINE
)
_ITEM = re.compile(r"\s*[-*•·+]\s+\S.*[^-*\s]\s*$")  # of a list: no line of a signature
_WORD = re.compile(r"[^\W\d_]+(?:[-.][^\W\d_]+)*\.?")
_ABBREVIATED = re.compile(r"(?:\b[^\W\d_]\. ?)[^\W\d_]$")
_SLOGAN = re.compile(r"[!?]\s|[\"„“”«»].{20,}|:\s+\d|\d\.\s*\w")  # advertising: no name stands so
_MOTTO = re.compile(r"\s*[\"„“”«»](?:[^\s\"„“”«»]+\s+){4,}")
_QUOTES = frozenset('"„“”«»')
_MOST_WORDS = 8
_MOST_IN_LINE = 10  # words of a signature's line


def find_labelled(text: str, people: People) -> str:
    """What a form says: "Einrichtung: Miteinander in Kaarst e.V."."""
    for match in _LABEL.finditer(text):
        label = fold(match.group(1).strip(" *"), True).replace(" ", "_")
        if people.has(label, "organisation:labels"):
            return _with_dot(match.group(2).strip(" *.,"), match.group(2))
    return ""


def find_in_signature(lines: Iterable[str], name: str, people: People) -> str:
    """The first line of a signature that names an institution, and not somebody; "" where none does."""
    for line in lines:
        if _ITEM.match(line) or _MOTTO.match(line) or (name and line.strip(" ,.") == name):
            continue
        for part in _SPLIT.split(line.strip(" \t*_~>-–—\"'")):
            found = _institution(_by_itself(part, name, people), people)
            if found:
                return found
    return ""


def _by_itself(part: str, name: str, people: People) -> str:
    """Without its office before or behind a comma ("Stift Kaarst, Empfang") and who signs."""
    head, comma, tail = part.partition(", ")
    if not comma or re.search(r"\d", tail):  # "Seniorenstift St. Vinzenz, Zimmer 213": where somebody lives
        return part
    if name and head.strip() == name:
        return tail
    if not _institution(head, people):
        return part
    return head if " " in head.strip() or not _institution(tail, people) else tail


def find_post(lines: Iterable[str], speech: Speech, people: People) -> str:
    """The institution of "Vorsitzende des Heimatvereins Alt-Kaarst", in a signature; "" if none."""
    for sentence in (each for line in lines for each in read_sentences(line, speech)):
        for match in speech.posts.find(sentence.line):
            name = _name_at(sentence, match.end(), people)
            if name:
                return _nominative(name, people)
    return ""


def _nominative(name: str, people: People) -> str:
    """ "Heimatvereins Alt-Kaarst" as "Heimatverein Alt-Kaarst"."""
    words = name.split()
    for place, word in enumerate(words):
        for ending in people.genitives:
            bare = word.removesuffix(ending)
            if bare != word and _is_noun(word, people) and _is_noun(bare, people):
                return " ".join([*words[:place], bare, *words[place + 1 :]])
    return name


def _is_noun(word: str, people: People) -> bool:
    return people.has(fold(word, True), "organisation:nouns")


def _with_dot(text: str, written: str) -> str:
    """The dot of "e.V." at the end belongs to the name."""
    dotted = _ABBREVIATED.search(text) and text + "." in written
    return text + "." if dotted else text


def _without_links(words: list[str], people: People) -> list[str]:
    """ "für den Elternrat" as "Elternrat"."""
    start = 0
    while start < len(words) - 1 and words[start].islower() and not words[-1].islower():
        if not people.has(fold(words[start], True), "organisation:links"):
            return words
        start += 1
    return words[start:]


def _institution(part: str, people: People) -> str:
    """The part of a line as an institution's name, without its address; "" where it names none."""
    if any(people.has(fold(w, True), "organisation:homes") for w in _WORD.findall(part)):
        return ""
    text = _with_dot(_ADDRESS.sub("", part.strip(" ,.:;")).strip(" ,:;"), part)
    text = " ".join(_without_links(text.split(" "), people))
    text = _behind_desk(text, people)
    words = _WORD.findall(text)
    if not words or len(text) > _LONGEST or len(words) > _MOST_IN_LINE or _CONTACT.search(text):
        return ""
    if len(words) == 1 and people.has(fold(words[0], True), "organisation:generic"):
        return ""
    first = people.common.meaning(fold(words[0].rstrip("."), True)).tags
    if first & {"organisation:offices", "name:closings"}:  # "Sekretariat, GGS An der Linde"
        head, comma, tail = text.partition(", ")
        return _institution(tail, people) if comma and len(head.split()) < 3 else ""
    if len(words) > 1 and people.has(fold(words[-1], True), "organisation:offices"):
        return ""
    if re.match(r"[^\W\d_]+:\s", text) or _SLOGAN.search(_ORDINAL.sub("", part)) or text.endswith(("!", "?")):
        return ""
    return text if _names_one(text, words, people) else ""


def _behind_desk(text: str, people: People) -> str:
    """ "Kita Regenbogen" of "Leitung Kita Regenbogen" and of "1. Vorsitzender, Kita Regenbogen"."""
    plain = _ORDINAL.sub("", text)
    desk, _, rest = plain.partition(" ")
    if not people.has(fold(desk.strip(",:"), True), "organisation:desks") or not is_institution(rest, people):
        return text
    return rest if " " in rest and rest[:1].isupper() else text


def _names_one(text: str, words: list[str], people: People) -> bool:
    """A word says that it is one, and it is no street ("Am Rathaus 5") and not all in small letters."""
    if not is_institution(text, people) and not is_trade(text, people):
        return False
    if _HOUSE_NUMBER.search(text) and not _is_legal(text, people):
        return False
    return any(not word[:1].islower() for word in words)


def is_trade(text: str, people: People) -> bool:
    """ "Blumen Lüdecke": what somebody sells or does, and a name behind it."""
    words = text.split()
    capitals = all(word[:1].isupper() or word == "&" for word in words)
    return 1 < len(words) < 5 and capitals and people.has(fold(words[0], True), "organisation:trades")


def without_office(display: str, people: People) -> str:
    """ "GGS An der Linde - Sekretariat" without the office behind the dash."""
    head, dash, tail = re.sub(r"\s+[-–|]\s+", " - ", display).rpartition(" - ")
    first = fold(tail.split()[0], True) if tail.split() else ""
    return head if dash and people.has(first, "organisation:offices") else display


def is_short_for(name: str, full: str) -> bool:
    """ "Ufuk Derneği" for "Yeni Ufuk Kültür Derneği": the full name holds every word of the short one."""
    words, more = [{fold(word, True) for word in _WORD.findall(each)} for each in (name, full)]
    return words < more


def _is_legal(text: str, people: People) -> bool:
    return any(people.has(fold(w.rstrip("."), True), "organisation:legal") for w in text.split())


def find_in_text(sentences: Iterable[Sentence], speech: Speech, people: People) -> str:
    """The institution for which the text says somebody comes; "" where it says none."""
    for sentence in sentences:
        tags = {tag for token in sentence.tokens for tag in token.meaning.tags}
        if not tags & {"come", "half", "enrol", "i_come", "i", "we"}:
            continue
        for leads, post in ((speech.posts, True), (speech.lead_in, False)):
            for match in leads.find(sentence.line):
                name = _named_from(sentence, match.end(), people, post)
                if " " in name or (name and speech.needs_determiner):
                    return name
        name = _taking_part(sentence, speech, people)
        if name:
            return name
        for match in speech.stands_for.find(sentence.line):
            name = _stood_for(sentence, match.end())
            if name:
                return name
    return ""


def _taking_part(sentence: Sentence, speech: Speech, people: People) -> str:
    """ "Am 17. ist die Kita Sonnenkäfer dabei": the subject of a clause about coming, not "in der Kita"."""
    tokens = sentence.tokens
    for match in speech.subjects.find(sentence.line):
        if match.end() not in sentence.offsets or _hangs_on(sentence, match.start(), people):
            continue
        place = sentence.offsets.index(match.end())
        clause = [token for token in tokens if token.clause == tokens[place].clause]
        tags = Clause(clause).tags
        if "come" in tags and not tags & {"i", "me", "aside", "negation", "whether"}:
            name = _name_at(sentence, match.end(), people)
            if " " in name:
                return name
    return ""


def _hangs_on(sentence: Sentence, place: int, people: People) -> bool:
    """Does a preposition or a noun stand before that place of the folded line?"""
    start = sentence.offsets.index(place) if place in sentence.offsets else 0
    if not start:
        return False
    before = sentence.tokens[start - 1]
    noun = start > 1 and before.text[:1].isupper() and not (before.meaning.tags - {"impersonal"})
    link = people.has(fold(before.text, True), "organisation:links")
    return noun or link or before.has("apart", "along", "dating", "aside")


def _stood_for(sentence: Sentence, place: int) -> str:
    """ "für die Jusos Kaarst werde ich …": capitals, a verb, and the writer."""
    if place not in sentence.offsets:
        return ""
    start = end = sentence.offsets.index(place)
    tokens = sentence.tokens
    ours = start > 0 and tokens[start - 1].has("my")
    tags = {tag for token in tokens if token.clause == tokens[start].clause for tag in token.meaning.tags}
    if "aside" in tags or not tags & {"come", "i_come", "enrol"}:
        return ""
    while (
        end < len(tokens)
        and tokens[end].text[:1].isupper()
        and not (tokens[end].meaning.tags - {"impersonal"})
    ):
        end += 1
    if start + ours < end < len(tokens) - 1 and not tokens[end].mark and tokens[end + 1].has("i"):
        return sentence.text[tokens[start].start : tokens[end - 1].start + len(tokens[end - 1].text)]
    return ""


def _named_from(sentence: Sentence, place: int, people: People, post: bool) -> str:
    """The name that begins at a place of the folded line and holds a word for institutions."""
    if place not in sentence.offsets:
        return ""
    start = sentence.offsets.index(place)
    clause = [token for token in sentence.tokens if token.clause == sentence.tokens[start].clause]
    tags = {tag for token in clause for tag in token.meaning.tags}
    end = sentence.tokens[start].start if post else len(sentence.text)
    about = any(token.has("aside") for token in clause if token.start < end)
    if not tags & ({"come", "i_come", "enrol"} if about else {"come", "i_come", "enrol", "i", "we"}):
        return ""
    return _name_at(sentence, place, people)


def _name_at(sentence: Sentence, place: int, people: People) -> str:
    """The words from that place on, as far as they are a name and one of them says what it is."""
    if place not in sentence.offsets:
        return ""
    start = sentence.offsets.index(place)
    words: list[Token] = []
    quoted = False
    for token in sentence.tokens[start : start + _MOST_WORDS]:
        quoted ^= token.mark and token.low in _QUOTES
        if not quoted and _ends_name(token, people):
            break
        words.append(token)
    while words and not words[-1].capital and not words[-1].mark:
        words.pop()
    while words and words[0].has("article") and words[0].text[:1].islower():
        words.pop(0)
    if len(words) == 1:
        generic = people.has(fold(words[0].text, True), "organisation:generic")
        if generic or (start and sentence.tokens[start - 1].has("my")):
            return ""
    if not words:
        return ""
    end = words[-1].start + len(words[-1].text)
    text = sentence.text[words[0].start : end].strip('"„“”«»& ')
    text = _with_dot(text, sentence.text[words[0].start : end + 1])
    return text if is_institution(text, people) else ""


def _ends_name(token: Token, people: People) -> bool:
    """A name goes on over capitals, small linking words and quotation marks."""
    if token.mark:
        return token.low not in '"„“”«»&-'
    if token.low == "0" or token.has(
        "occasion", "i", "me", "i_come", "my", "theirs", "they", "things", "title"
    ):
        return True
    return not token.capital and not people.has(fold(token.text, True), "organisation:links")
