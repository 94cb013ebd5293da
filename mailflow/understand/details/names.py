"""A person's name, as written: from a line of a signature, a form, a sender's display name.

Rules: title words (Frau, Dr., Familie) are left out, letters and capitals stay as written; of a couple
the first is named; what looks like an address, an institution or a sentence is no name.
"""

import re

from mailflow.rules.people import People, Speech
from mailflow.rules.people_words import fold

_LONGEST = 60
_TRAILING = 2  # small words behind a name; where more follow, it is a sentence
_CUT = re.compile(r"\s+[|·•–—/-]+\s+|\s*[|·•<(\[{/]|\s*[+]?\d|\s{3,}|\t|\s*[:;]\s|\s+-+\s*$")
_NAME_WORD = re.compile(r"[^\W\d_]{1,3}\.|[^\W\d_]+(?:[-‐‑'’ʼ.][^\W\d_]+)*['’]?")
_QUOTED = re.compile(r"[\"„“”«»‚‘'](?:\S+\s+){2,}.*[\"“”«»’']")  # a motto
_CASELESS = re.compile("[\u0590-\u08ff]")
_MARKS = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def read_last_line(line: str, people: People, speech: Speech, known: frozenset[str]) -> str:
    """The name that makes up a line at the end of a text without a closing; "" for a sentence.

    Behind the name only an address or a number may stand, and none of its words may be one that the
    language counts people with.
    """
    name = read_name_line(line, people, known)
    words = name.split()
    if not words or (len(words) == 1 and fold(words[0].strip("."), True) not in known):
        return ""
    if len(words) > 3 and _CASELESS.match(name):
        return ""
    behind = line[line.find(words[-1]) + len(words[-1]) :]
    if any(word.islower() and not _is_contact(word, people) for word in re.findall(r"[^\W\d_]{2,}", behind)):
        return ""
    lows = [fold(word.strip("."), speech.umlauts) for word in words]
    spoken = [low for low in lows if low not in known and len(low) > 1]
    told = [speech.words.meaning(low).tags - {"title", "naming"} for low in spoken]
    return "" if any(told) else name


def _is_contact(word: str, people: People) -> bool:
    tags = people.common.meaning(fold(word, True)).tags
    return bool(tags & {"phone:labels", "phone:not_labels", "name:not_names", "name:particles"})


def read_name_line(line: str, people: People, known: frozenset[str] = frozenset()) -> str:
    """The name that makes up a line ("LG Melanie Bours", "i. A. Tanja Grotenburg"); "" where there is none.

    `known` are the folded words of the sender's name and address: a line in small letters needs one of them.
    """
    if line.rstrip().endswith((":", "?")):
        return ""
    if _QUOTED.match(line.strip()):
        return ""
    text = _MARKS.sub("", line).strip(" \t*_~>,.!-–—;:\"'")
    text = _without_closing(text, people, known)
    first = _CUT.split(text, maxsplit=1)[0].strip(" ,.;:-–—")
    if not first or len(first) > 2 * _LONGEST or "@" in first:
        return ""
    head, comma, tail = first.partition(",")
    swapped = _swapped(head, tail, people) if comma else ""
    return swapped or read_name(head if comma else first, people, known)


def read_name(text: str, people: People, known: frozenset[str] = frozenset()) -> str:
    """The text as a name without titles; "" where it is none."""
    words = _without_titles(_with_joins(text.split(), people), people)
    if "&" in words:
        words = _first_of_couple(words)
    if not 1 <= len(words) <= 5 or len(" ".join(words)) > _LONGEST:
        return ""
    if not all(_NAME_WORD.fullmatch(word) for word in words) or all(len(w.rstrip(".")) == 1 for w in words):
        return ""
    lows = [fold(word.strip(".'’"), True) for word in words]
    if any(_is_no_name(low, people) for low in _telling(words, lows, people)):
        return ""
    written = zip(words, lows, strict=True)
    if all(_capital(word) or people.has(low, "name:particles") for word, low in written):
        return " ".join(words)
    plain = len(words) <= 3 and all(word.islower() or _capital(word) for word in words)
    return " ".join(words) if plain and known.intersection(lows) else ""


def _telling(words: list[str], lows: list[str], people: People) -> list[str]:
    """The words that may tell that it is no name; not "von" and "de" within, nor an initial, nor a surname
    that ends as houses do."""
    within = {low for low in lows[1:-1] if people.has(low, "name:particles")}
    if is_surnamed(words, people):
        within.add(lows[-1])
    return [low for low in lows[_is_initial(words, 0) :] if low not in within]


def read_sender(display: str, people: People) -> tuple[str, bool]:
    """A display name as a person's name, and whether it surely is a person's (not an institution's)."""
    text = _MARKS.sub("", display).strip().strip("\"'").strip()
    if not text or re.fullmatch(r"\S+@\S+", text):
        return "", False
    plain = re.sub(r"\s+via\s.*$", "", re.sub(r"\s*\([^)]*\)\s*$", "", text)) or text
    head, comma, tail = plain.partition(",")
    swapped = _swapped(head, tail, people) if comma else ""
    name = swapped or read_name(plain, people)
    if name:
        return name, True
    return " ".join(_without_titles(plain.split(), people)) or text, False


def is_surnamed(words: list[str], people: People) -> bool:
    """ "Anna Ellinghaus": a family name can end as houses do; "Evangelisches Gemeindehaus" is one."""
    lows = [fold(word.strip(".'’"), True) for word in words]
    if not 1 < len(lows) < 4 or not people.has(lows[-1], "organisation:surnames"):
        return False
    return not any(_is_no_name(low, people) or people.has(low, "organisation:epithets") for low in lows[:-1])


def is_institution(text: str, people: People) -> bool:
    """Does a word for institutions stand in the text?"""
    return _holds_noun(text, people) and not is_surnamed(_without_titles(text.split(), people), people)


def _holds_noun(text: str, people: People) -> bool:
    words = re.findall(r"[^\W\d_]+(?:[-.][^\W\d_]+)*\.?", re.sub(r"\b(\w\.)\s(?=\w\.)", r"\1", text))
    small = not any(word[:1].isupper() for word in words)
    for word in words:
        low = fold(word.rstrip("."), True)
        for form in (low, low.rstrip("s"), low.rpartition("-")[2]):
            compound = people.has(form, "compound") and word[:1].islower() and not small
            if _names_institution(form, people) and not compound:
                return True
    return False


def is_couple(line: str, people: People) -> bool:
    """ "Petra und Jens Wolf", "Helga Kemper & Rolf Kemper": two people sign."""
    words = _without_titles(_with_joins(_without_closing(line.strip(), people).split(), people), people)
    if words.count("&") != 1 or not 3 <= len(words) <= 5 or words[-1] == "&" or words[0] == "&":
        return False
    return bool(read_name(" ".join(words), people)) and all(
        word[:1].isupper() or word == "&" for word in words
    )


def fuller(name: str, known: str) -> str:
    """What the writer is called in full elsewhere, where the name stated is only a part of it."""
    short, full = [[fold(word.strip("."), True) for word in re.split(r"[\s-]+", n)] for n in (name, known)]
    return known if len(full) > len(short) and all(word in full for word in short) else name


def may_be_called(signature: str, sender: str) -> bool:
    """Is it a name of that person? "Moni" of Monika, "Hannes" of Johannes; not "Oma" or "Rentnerin"."""
    short, full = fold(signature, True), fold(sender, True).split()
    one = short.isalpha() and short.isascii()
    return not one or len(full) == 1 or any(word[:1] == short[:1] or short in word for word in full)


def own_first(names: list[str], known: frozenset[str]) -> str:
    """Of several lines of a signature that could be a name, the one that the address knows."""
    return next((name for name in names if fold(name, True) in known), "") or next(iter(names), "")


def is_inflected(name: str, other: str) -> bool:
    """ "Наталію Гриценко" is how a sentence says "Наталія Гриценко"."""
    pairs = list(zip(fold(name, True).split(), fold(other, True).split(), strict=False))
    same = len(name.split()) == len(other.split()) > 1
    return same and all(a == b or (len(b) > 4 and a[: len(b) - 1] == b[:-1]) for a, b in pairs)


def _without_closing(text: str, people: People, known: frozenset[str] = frozenset()) -> str:
    """Take the words of a closing off the beginning ("Mit lieben Grüßen Anna Kox").

    What the sender is called is his name, whatever it means: "Sevgi Arslan" does not send her love.
    """
    words = text.split()
    lows = [fold(word.strip(".,!:;-–'’"), True) for word in words[:5]]
    called = 1 < len(words) < 4 and known.issuperset(lows) and not people.has(lows[-1], "name:closings")
    called = called and not any(people.has(low, "name:closing_nouns") for low in lows)
    if called or (len(words) == 2 and people.has(lows[0], "name:given") and words[1][:1].isupper()):
        return text
    nouns = [i for i, low in enumerate(lows) if people.has(low, "name:closing_nouns")]
    taken = nouns[-1] + 1 if nouns else 0
    while taken < len(words):
        low = fold(words[taken].strip(".,!:;-–'’"), True)
        if low and not people.has(low, "name:closings"):
            break
        if _is_initial(words, taken):
            break
        if (
            people.has(low, "name:particles")
            and taken == 0
            and len(words) > 1
            and words[1][:1].isupper()
            and low != "und"
        ):
            break
        taken += 1
    return " ".join(words[taken:]) if taken else text


def _is_initial(words: list[str], place: int) -> bool:
    """The first letter of "D. Anstötz", which is no word of a closing; not the second of "i. A. Anna Kox"."""
    if place and len(words[place - 1].rstrip(".")) == 1:
        return False
    word, following = "".join(words[place : place + 1]), words[place + 1 : place + 2]
    single = len(word) == 2 and word[0].isupper() and word[1] == "."
    return single and any(len(each) > 2 and each[0].isupper() for each in following)


def _without_titles(words: list[str], people: People) -> list[str]:
    """The words of a name: "Dr. Anna Braun" without the title, "i. A. Anna Braun" without what it is for.

    A house that signs with nothing but its surname ("Familie Kox") is called so.
    """
    kept = [
        word
        for place, word in enumerate(words)
        if (len(word.strip(".,")) == 1 and (place or (_is_initial(words, 0) and len(words) == 2)))
        or not people.has(fold(word.strip(".,"), True), "name:titles")
    ]
    if not _is_initial(kept, 0):
        while kept and people.has(fold(kept[0].strip("."), True), "name:on_behalf"):
            kept = kept[1:]
    small = 0
    while (
        kept and small < _TRAILING and kept[0][:1].isupper() and kept[-1].islower()
    ):  # "Udo Kox mit Familie"
        kept, small = kept[:-1], small + 1
    house = [word for word in words[:1] if people.has(fold(word.strip(".,"), True), "name:families")]
    surname = [word for word in kept if not people.has(fold(word, True), "name:particles")]
    return [*house, *kept] if len(surname) == 1 and "&" not in kept else kept


def _with_joins(words: list[str], people: People) -> list[str]:
    """The words, with "&" for every "und" between two of them."""
    joins = [0 < n < len(words) - 1 and people.has(fold(w, True), "name:joins") for n, w in enumerate(words)]
    return ["&" if join else word for word, join in zip(words, joins, strict=True)]


def _first_of_couple(words: list[str]) -> list[str]:
    """ "Helga & Rolf Kemper" is Helga Kemper."""
    place = words.index("&")
    first, second = words[:place], words[place + 1 :]
    if len(first) == 1 and len(second) > 1 and "&" not in second:
        return first + second[1:]
    return first


def _swapped(head: str, tail: str, people: People) -> str:
    """ "Müller, Hans-Peter" is Hans-Peter Müller; "Hans Müller, Leiter" is not."""
    first = _CUT.split(tail, maxsplit=1)[0].strip()
    if not first or len(head.split()) > 3 or len(first.split()) > 3:
        return ""
    last_words = _without_titles(head.split(), people)
    if len(last_words) > 1 and not people.has(fold(last_words[0], True), "name:particles"):
        return ""
    return read_name(" ".join([first, *last_words]), people)


def _is_no_name(low: str, people: People) -> bool:
    tags = people.common.meaning(low).tags
    return bool(tags & {"name:not_names", "organisation:legal", "phone:not_labels"}) or _names_institution(
        low, people
    )


def _names_institution(low: str, people: People) -> bool:
    return bool(people.common.meaning(low).tags & {"organisation:nouns", "organisation:legal"})


def _capital(word: str) -> bool:
    return word[:1].isupper() or bool(_CASELESS.match(word))
