"""The head of an earlier mail (From, Sent, To, Subject) in the text of this one, in any language.

The labels are data (`headers` in `rules/layout`). A head without a date above "Message:" is that of a web
form, which hands on what a person wrote.
"""

import re
from collections.abc import Sequence

from mailflow.rules.fixed_phrases import find_phrase
from mailflow.rules.layout import Layout
from mailflow.rules.spelling import fold, words_of
from mailflow.understand.own_words.lines import Line, has_mail, is_rule, next_free

FRAME = "frame of a web form"

_LABEL = re.compile(
    r"[\s>*_|]*([^\W\d_][^:：<>@\d]{0,30}?)\s?[*_]{0,2}[:：][*_]{0,2}(?:\s+|$|(?=[^\s/]))(.*)"
)
TIME = re.compile(r"\d{1,2}[:.h]\d{2}|\b(?:19|20)\d\d\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|[٠-٩۰-۹]{2,}")


def head_end(lines: Sequence[Line], index: int, layout: Layout) -> int | None:
    """Where a head of an earlier mail (From, Sent, To, Subject) ends that begins here; None: no head."""
    text = lines[index].text
    if _role(text, layout) is None:
        return _flat_head_end(text, index, layout) or _foreign_head_end(lines, index)
    labelled, end = _labelled(lines, index, layout)
    return end if _make_head(labelled) else _flat_head_end(text, index, layout)


def _labelled(lines: Sequence[Line], index: int, layout: Layout) -> tuple[list[tuple[str, str]], int]:
    """Role and value of each labelled line from here on, and where the last one ends. A blank line or up to
    three others, where a list of addresses is folded, may stand between two of them."""
    found: list[tuple[str, str]] = []
    end, loose, gap = index, 0, False
    for place in range(index, min(index + 25, len(lines))):
        if labelled := _role(lines[place].text, layout):
            found.append(labelled)
            end, loose, gap = place + 1, 0, False
        elif lines[place].blank and not gap:
            gap = True
        elif gap or loose == 3:
            break
        else:
            loose += 1
    return found, end


def _make_head(labelled: Sequence[tuple[str, str]]) -> bool:
    """Are these lines enough for a head?"""
    roles = {role for role, _ in labelled}
    if {"sent", "to", "subject"} <= roles:
        return True
    if "from" not in roles:
        return False
    told = any(has_mail(value) or TIME.search(value[:200]) for _, value in labelled)
    return len(roles) >= 3 or (told and not roles.isdisjoint({"sent", "to", "subject"}))


def _role(text: str, layout: Layout) -> tuple[str, str] | None:
    """The role of a head line's label and its value."""
    found = _LABEL.match(text[:400])
    if not found or len(found[1]) > 30:
        return None
    role = layout.headers.get(" ".join(words_of(found[1])))
    return (role, found[2]) if role else None


def _flat_head_end(text: str, index: int, layout: Layout) -> int | None:
    """A head that was pressed into one line: "Von: A Gesendet: B An: C Betreff: D"."""
    if text.count(":") < 3:
        return None
    labels = re.findall(r"(?:^|\s)([^\W\d_]{2,15}):(?=\s)", text[:1000])
    roles = {layout.headers.get(fold(label)) for label in labels} - {None}
    starts = bool(labels) and fold(text.lstrip(" *>")).startswith(fold(labels[0]))
    return index + 1 if starts and "from" in roles and len(roles) >= 3 else None


def _foreign_head_end(lines: Sequence[Line], index: int) -> int | None:
    """A head whose labels no rule file knows, below a drawn line as Outlook draws it."""
    above = next((line.text for line in reversed(lines[max(0, index - 2) : index]) if not line.blank), "")
    if not is_rule(above) or len(above.strip()) < 20 or not looks_like_head(lines, index):
        return None
    return index + 1 if any(has_mail(line.text) for line in lines[index : index + 6]) else None


def looks_like_head(lines: Sequence[Line], index: int) -> bool:
    """Four lines "Word: value" with an address and a date, in whatever language."""
    texts = [line.text for line in lines[index : index + 8] if not line.blank]
    labelled = [text for text in texts if _LABEL.match(text[:300])]
    joined = " ".join(labelled)[:2000]
    return len(labelled) >= 3 and bool(TIME.search(joined))


def claim_form(lines: list[Line], index: int, end: int, layout: Layout) -> bool:
    """A web form hands on what a person wrote: a head without a date, then "Message:". Claims the frame."""
    if any(line.free for line in lines[:index]):
        return False
    labelled = [_role(line.text, layout) for line in lines[index:end]]
    roles = [found[0] if found else "" for found in labelled]
    place = next_free(lines, end)
    if "sent" in roles or "to" in roles or place is None or not _is_title(lines[place].text[:60], layout):
        return False
    for line, role in zip(lines[index:end], roles, strict=True):
        line.claim("signature" if role == "from" else "footer", FRAME)
    title, _, text = lines[place].text.partition(":")
    if text.strip():
        lines[place].text = text.strip()
        lines.insert(place, Line(title + ":", kind="footer", because=FRAME))
    else:
        lines[place].claim("footer", FRAME)
    return True


def _is_title(text: str, layout: Layout) -> bool:
    """Does a line begin like “Message:”, as forms write it above the text?"""
    return ":" in text and find_phrase(layout.form_text, words_of(text)) > 0
