"""What frames the text of a mail and is not the person's: greeting, closing, signature.

Rules: when in doubt the text is kept. A greeting stands at the beginning, also in one line with text; a
closing ends the text, what stands below it is the signature until somebody speaks again (a postscript,
a sentence with "I" in it). Without a closing, a last line that is a name begins the signature.
"""

import re
from collections.abc import Sequence

from mailflow.rules.layout import Layout, find_phrase, fold, placed_words, words_of
from mailflow.understand.lines import Line, has_contact, has_place, is_delimiter, is_rule

MAX_CLOSING = 90  # characters of a closing line
MAX_SIGNATURE = 25  # lines below the dashes

_END_OF_GREETING = re.compile(r"[,!:;.،。–—-]")
_END_OF_SENTENCE = re.compile(r"[.!?…)؟]\W*$")
_ABBREVIATION = re.compile(r"\b[^\W\d_]\.")
_BEFORE_CLOSING = re.compile(r"[.!?,;:)…–—-]\W*$|[^\w\s]\s+$")
_PARTICLES = {
    "von",
    "van",
    "der",
    "den",
    "de",
    "del",
    "della",
    "di",
    "da",
    "dos",
    "zu",
    "zur",
    "vom",
    "el",
    "al",
    "bin",
    "und",
    "u",
    "y",
    "e",
    "i",
    "et",
    "and",
    "ve",
    "та",
    "и",
}


# --- greeting ----------------------------------------------------------------------------------------


def mark_greeting(lines: list[Line], start: int, end: int, layout: Layout) -> None:
    """Claims the greeting of the stretch lines[start:end], split off its line where text follows it."""
    seen = 0
    for index in range(start, end):
        line = lines[index]
        if not line.free:
            continue
        length = _greeting_length(line.text, layout)
        whole = length >= len(line.text.rstrip())
        if length and (seen == 0 or (whole and _END_OF_GREETING.search(line.text.rstrip()[-1:]))):
            _claim_greeting(lines, index, length)
            _claim_second_greeting(lines, index + 1, layout)
            return
        seen += 1
        if seen > 12:
            return


def _claim_greeting(lines: list[Line], index: int, length: int) -> None:
    line = lines[index]
    rest = line.text[length:].strip()
    line.text = line.text[:length].strip()
    line.claim("greeting", "greeting")
    if rest:
        lines.insert(index + 1, Line(rest, line.mark))


def _claim_second_greeting(lines: list[Line], index: int, layout: Layout) -> None:
    """“Sehr geehrte Frau A,” is often followed by “sehr geehrter Herr B,”."""
    if index < len(lines) and lines[index].free:
        text = lines[index].text
        length = _greeting_length(text, layout)
        if length and length >= len(text.rstrip()) and text.rstrip().endswith((",", "!")):
            lines[index].claim("greeting", "greeting")


def _greeting_length(text: str, layout: Layout) -> int:
    """How many characters of a line are a greeting: 0, or up to where the text begins."""
    text = text[:200]
    placed = placed_words(text)
    words = [word for word, _, _ in placed]
    taken = find_phrase(layout.greeting, words)
    if not taken:
        return _addressed_alone(text, placed, layout)
    if find_phrase(layout.closing, words) >= taken and _is_closing(text, layout):
        return 0
    phrase = sure = taken  # `sure`: up to here it is a greeting even if no comma comes
    while not _has_sign(text, placed, taken):
        if taken >= len(placed):
            return len(text)
        again = find_phrase(layout.greeting, words, taken)
        known = bool(again) or words[taken] in layout.addressee or words[taken] in _PARTICLES
        named = _could_be_name(text[placed[taken][1] : placed[taken][2]], words[taken], layout)
        if not (known or named) or taken > 12:
            weak = words[0] in layout.addressee and taken == phrase  # “Lieber wäre mir …”
            return 0 if weak or taken > 12 else placed[sure - 1][2]
        taken += again or 1
        if known or text[placed[taken - 1][1]].isupper():
            sure = taken
    end = placed[taken][1] if taken < len(placed) else len(text)
    return end + _more_greeting(text[end:], layout)


def _has_sign(text: str, placed: Sequence[tuple[str, int, int]], taken: int) -> bool:
    """Does a comma or the like stand behind the word before `taken`? The point of “Dr.” is none."""
    start = placed[taken - 1][2]
    gap = text[start : placed[taken][1] if taken < len(placed) else len(text)]
    if len(placed[taken - 1][0]) <= 4 and taken < len(placed):
        gap = gap.replace(".", "", 1)
    return bool(_END_OF_GREETING.search(gap))


def _could_be_name(word: str, folded: str, layout: Layout) -> bool:
    """A word that may be a name in a greeting: not in small letters and no common word."""
    return word[:1].isalpha() and not word[:1].islower() and folded not in layout.not_a_name


def _more_greeting(text: str, layout: Layout) -> int:
    """Behind the comma: another greeting (“Hallo zusammen, liebes Team,”) or only now whom it greets
    (“Здравствуйте, господин Гассен!”). Gives its length, 0 where the text begins."""
    placed = placed_words(text)
    words = [word for word, _, _ in placed]
    if find_phrase(layout.greeting, words):
        return _greeting_length(text, layout)
    return _addressed_length(text, placed, layout)


def _addressed_alone(text: str, placed: Sequence[tuple[str, int, int]], layout: Layout) -> int:
    """“Herr Gassen,” and nothing else in the line: its length, else 0."""
    length = _addressed_length(text, placed, layout)
    return length if length >= len(text.rstrip()) and text[:1].isupper() else 0


def _addressed_length(text: str, placed: Sequence[tuple[str, int, int]], layout: Layout) -> int:
    """Two to six words up to a comma that say whom a mail greets: their length, else 0."""
    if not placed or placed[0][0] not in layout.addressee:
        return 0
    for taken in range(1, min(len(placed), 6) + 1):
        folded, start, end = placed[taken - 1]
        if not (folded in layout.addressee or _could_be_name(text[start:end], folded, layout)):
            return 0
        if _has_sign(text, placed, taken):
            return (placed[taken][1] if taken < len(placed) else len(text)) if taken > 1 else 0
    return 0


# --- closing and signature ---------------------------------------------------------------------------


def mark_signature(lines: list[Line], start: int, end: int, layout: Layout, *, last: bool) -> None:
    """Claims closing and signature in the stretch lines[start:end]. `last`: nothing own follows it."""
    index = start
    closed = False
    while index < end:
        line = lines[index]
        if not line.free:
            index += 1
            continue
        if is_delimiter(line.text) and _few_lines(lines, index, end):
            index = _claim_signature(lines, index, end, layout, "below a line of dashes")
            closed = True
        elif _is_closing(line.text, layout) and _ends_text(lines, index, end, layout):
            end += _claim_closing(lines, index, layout)
            index = _claim_signature(lines, index + 1, end, layout, "below the closing")
            closed = True
        else:
            index += 1
    if not closed and last:
        end += _split_closing(lines, start, end, layout)
        _claim_names(lines, start, end, layout)


def _few_lines(lines: Sequence[Line], index: int, end: int) -> bool:
    return sum(1 for line in lines[index + 1 : end] if line.free) <= MAX_SIGNATURE


def _is_closing(text: str, layout: Layout) -> bool:
    """Is a whole line a closing, perhaps with a name behind it?"""
    if len(text) > MAX_CLOSING:
        return False
    words = words_of(text)
    taken = find_phrase(layout.closing, words)
    if taken:
        few = len(words) - taken <= 7
        return few and not text.rstrip().endswith("?") and layout.personal.isdisjoint(words[taken:])
    taken = find_phrase(layout.closing_alone, words)
    return bool(taken) and (len(words) == taken or is_name(_behind(text, taken), layout))


def _behind(text: str, taken: int) -> str:
    """The text behind its first words."""
    placed = placed_words(text)
    return text[placed[taken - 1][2] :].strip(" ,;:.!-–—/&") if 0 < taken <= len(placed) else ""


def _ends_text(lines: Sequence[Line], index: int, end: int, layout: Layout) -> bool:
    """A closing ends the text: no sentence follows right below it (“Grüße an alle” in mid-text)."""
    below = [line for line in lines[index + 1 : index + 2] if line.free]
    if not below:
        return True
    text = below[0].text
    return not _speaks(text, layout) or find_phrase(layout.postscript, words_of(text[:40])) > 0


def _speaks(text: str, layout: Layout) -> bool:
    """A sentence in which somebody speaks, not a line of a signature."""
    words = words_of(_ABBREVIATION.sub("", text[:500]))  # the I of “i. A.” is nobody
    return len(words) >= 4 and not layout.personal.isdisjoint(words)


def _claim_closing(lines: list[Line], index: int, layout: Layout) -> int:
    """Claims a closing line; a name behind it (“LG Anna”) becomes a signature. Gives the lines added."""
    line = lines[index]
    words = words_of(line.text)
    taken = find_phrase(layout.closing, words) or find_phrase(layout.closing_alone, words)
    name = _behind(line.text, taken)
    while name and taken < len(words) and find_phrase(layout.closing_alone, words, taken):
        more = find_phrase(layout.closing_alone, words, taken)
        taken += more
        name = _behind(line.text, taken)
    line.claim("closing", "closing")
    if not name or not (is_name(name, layout) or _is_first_name(name, layout)):
        return 0
    line.text = line.text[: line.text.rindex(name)].strip()
    lines.insert(index + 1, Line(name, line.mark, "signature", "name behind the closing"))
    return 1


def _is_first_name(text: str, layout: Layout) -> bool:
    """One word behind a closing: “cheers ole”."""
    return text.isalpha() and len(text) <= 15 and fold(text) not in layout.not_a_name


def _claim_signature(lines: list[Line], start: int, end: int, layout: Layout, because: str) -> int:
    """Claims lines below a closing until somebody speaks again; gives where the next text begins."""
    contacts = gap = False
    for index in range(start, end):
        line = lines[index]
        if line.blank:
            gap = True
            continue
        if line.kind is not None:
            continue
        if find_phrase(layout.postscript, words_of(line.text[:40])):
            return _skip_paragraph(lines, index, end)
        if (
            _speaks(line.text, layout)
            and not contacts
            and (gap or index == start)
            and _is_sentence(lines, index, end)
        ):
            return _skip_paragraph(lines, index, end)
        contacts = contacts or has_contact(line.text) or has_place(line.text)
        line.claim("signature", because)
    return end


def _is_sentence(lines: Sequence[Line], index: int, end: int) -> bool:
    """A paragraph of some length that ends like a sentence."""
    text = lines[index].text
    for line in lines[index + 1 : end]:
        if line.blank or line.kind is not None:
            break
        text += " " + line.text
        if len(text) > 500:
            break
    return len(text.split()) >= 5 and (bool(_END_OF_SENTENCE.search(text)) or len(text) > 60)


def _skip_paragraph(lines: Sequence[Line], index: int, end: int) -> int:
    while index < end and not lines[index].blank:
        index += 1
    return index


def _split_closing(lines: list[Line], start: int, end: int, layout: Layout) -> int:
    """A closing at the end of the last line of text: “… dann sind wir drei. LG Christa”. Lines added."""
    place = next((i for i in range(end - 1, start - 1, -1) if lines[i].free), None)
    if place is None:
        return 0
    if is_name(lines[place].text, layout):
        above = next((i for i in range(place - 1, start - 1, -1) if lines[i].free), None)
        place = above if above is not None else place
    line = lines[place]
    text = line.text[-MAX_CLOSING:]
    offset = len(line.text) - len(text)
    placed = placed_words(text)
    words = [word for word, _, _ in placed]
    for at in range(max(1, len(words) - 9), len(words)):
        taken = find_phrase(layout.closing, words, at)
        alone = 0 if taken else find_phrase(layout.closing_alone, words, at)
        if not (taken or alone) or not _BEFORE_CLOSING.search(text[: placed[at][1]]):
            continue
        name = text[placed[at + (taken or alone) - 1][2] :].strip(" ,;:.!-–—/")
        if name and not is_name(name, layout):
            continue
        if alone and not name:
            continue
        tail = line.text[offset + placed[at][1] :]
        line.text = line.text[: offset + placed[at][1]].rstrip()
        lines.insert(place + 1, Line(tail, line.mark))
        return 1 + _claim_closing(lines, place + 1, layout)
    return 0


def _claim_names(lines: list[Line], start: int, end: int, layout: Layout) -> None:
    """Without a closing: the last lines, if they are a name and what belongs to it."""
    free = [index for index in range(start, end) if lines[index].free]
    tail: list[int] = []
    for index in reversed(free[-14:]):
        text = lines[index].text
        if not (_like_signature(text, layout)):
            break
        tail.insert(0, index)
    while tail and not _begins_with_name(lines[tail[0]].text, layout):
        tail.pop(0)
    if not tail or tail[0] == free[0]:
        return
    names = sum(1 for index in tail if is_name(lines[index].text, layout))
    above = lines[free[free.index(tail[0]) - 1]].text.rstrip()
    apart = lines[tail[0] - 1].blank
    one_word = len(lines[tail[0]].text.split()) == 1 and len(tail) == 1
    if (
        names > 2
        or above.endswith((":", ","))
        or (one_word and not apart and not _END_OF_SENTENCE.search(above))
    ):
        return
    for index in tail:
        lines[index].claim("signature", "name at the end")


def _like_signature(text: str, layout: Layout) -> bool:
    """A short line that could stand in a signature: a name, something to reach somebody by, a place."""
    if len(text) > 80 or _speaks(text, layout):
        return False
    if is_name(text, layout) or _begins_with_name(text, layout):
        return True
    words = words_of(text)
    return has_contact(text) or has_place(text) or bool(find_phrase(layout.contact, words)) or is_rule(text)


def _begins_with_name(text: str, layout: Layout) -> bool:
    """A name, or a name and behind a comma or tab what reaches that person."""
    if is_name(text, layout):
        return True
    first, sign, rest = (text.replace("\t", ",").replace("|", ",").replace("(", ",")).partition(",")
    return bool(sign) and is_name(first, layout) and (has_contact(rest) or has_place(rest))


def is_name(text: str, layout: Layout) -> bool:
    """Could a short text be a person's name, perhaps with a title or “i. A.” before it?"""
    text = text.strip(" ,.;!-–—*_/\t")
    if not text or len(text) > 50 or re.search(r"[\d@:?!;=<>/\\]", text):
        return False
    placed = placed_words(text)
    words = [word for word, _, _ in placed]
    skipped = find_phrase(layout.signed_for, words)
    if skipped and skipped < len(words):
        placed, words = placed[skipped:], words[skipped:]
    if not 1 <= len(words) <= 5 or not layout.not_a_name.isdisjoint(words):
        return False
    spoken = [text[first:last] for _, first, last in placed]
    if not any(len(word) >= 2 for word in spoken):
        return False
    if all(word[:1].islower() for word in spoken):
        plain = len(words) == 2 and all(len(word) >= 3 for word in words) and "," not in text
        return plain and _PARTICLES.isdisjoint(words)
    cased = [word for word in spoken if word[:1].lower() != word[:1].upper()]
    if not cased:
        return len(words) <= 3  # scripts without capitals
    if not (spoken[0][:1].isupper() or len(spoken) == 1):
        return False  # “vom Rathausplatz”
    return all(word[:1].isupper() or word in _PARTICLES for word in spoken)
