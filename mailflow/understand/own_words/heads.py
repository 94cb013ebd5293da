"""The head of an earlier mail (From, Sent, To, Subject) in the text of this one, in any language.

The labels are data (`headers` in `rules/layout`). A head without a date above "Message:" is that of a web
form, which hands on what a person wrote.
"""

import re
from collections.abc import Sequence

from mailflow.rules.layout import Layout, fold, words_of
from mailflow.understand.own_words.lines import Line, has_mail, is_rule, next_free

_LABEL = re.compile(
    r"[\s>*_|]*([^\W\d_][^:：<>@\d]{0,30}?)\s?[*_]{0,2}[:：][*_]{0,2}(?:\s+|$|(?=[^\s/]))(.*)"
)
TIME = re.compile(r"\d{1,2}[:.h]\d{2}|\b(?:19|20)\d\d\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|[٠-٩۰-۹]{2,}")


def head_end(lines: Sequence[Line], index: int, layout: Layout) -> int | None:
    """Where a head of an earlier mail (From, Sent, To, Subject) ends that begins here; None: no head."""
    text = lines[index].text
    first = _role(text, layout)
    if first is None:
        return _flat_head_end(text, index, layout) or _foreign_head_end(lines, index)
    roles, values = {first[0]}, [first[1]]
    end, loose, blanks = index + 1, 0, 0
    for place in range(index + 1, min(index + 25, len(lines))):
        if lines[place].blank:
            blanks += 1
            if blanks > 1:
                break
            continue
        labelled = _role(lines[place].text, layout)
        if labelled is None:
            loose += 1
            if loose > 3 or blanks:
                break
            continue
        roles.add(labelled[0])
        values.append(labelled[1])
        end, loose, blanks = place + 1, 0, 0
    told = any(has_mail(value) or TIME.search(value[:200]) for value in values)
    good = "from" in roles and (len(roles) >= 3 or (len(roles) == 2 and told and roles & {"sent", "to"}))
    good = good or ("from" in roles and "subject" in roles and told)
    if good or {"sent", "to", "subject"} <= roles:
        return end
    return _flat_head_end(text, index, layout)


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
    labels = [_role(line.text, layout) for line in lines[index:end]]
    if any(label and label[0] in ("sent", "to") for label in labels):
        return False
    place = next_free(lines, end)
    if place is None:
        return False
    words = words_of(lines[place].text[:60])
    title = (
        next((p for p in layout.form_text.get(words[0], ()) if tuple(words[: len(p)]) == p), None)
        if words
        else None
    )
    if title is None or ":" not in lines[place].text[:60]:
        return False
    for line in lines[index:end]:
        label = _role(line.text, layout)
        line.claim("signature" if label and label[0] == "from" else "footer", "frame of a web form")
    before, _, after = lines[place].text.partition(":")
    if after.strip():
        lines[place].text = after.strip()
        lines.insert(place, Line(before + ":", kind="footer", because="frame of a web form"))
    else:
        lines[place].claim("footer", "frame of a web form")
    return True
