"""What programs, providers and firms add to a mail: "sent from my phone", advertisements, legal text.

The phrases are data (`rules/layout`). A phrase counts at the beginning of a line; fixed legal text is
claimed by the paragraph, from its first line on. A link below such a line and the dashes above belong to it.
"""

import re
from collections.abc import Sequence

from mailflow.rules.layout import Layout
from mailflow.rules.spelling import fold, words_of
from mailflow.understand.own_words.lines import Line, is_delimiter, is_link, is_rule

MAX_FOOTER = 250  # characters of a line that a program adds

_ARMOUR = re.compile(r"-----BEGIN PGP ([A-Z ]{5,30})-----\s*")  # RFC 4880, section 6.2


def mark_footers(lines: list[Line], layout: Layout) -> None:
    """Claims footers and disclaimers among the lines that are still free."""
    for index, line in enumerate(lines):
        if not line.free:
            continue
        armour = _ARMOUR.fullmatch(line.text[:100])
        if armour:
            _claim_armour(lines, index, armour[1])
            continue
        if is_rule(line.text) and _claim_list_footer(lines, index):
            continue
        folded = fold(line.text[:1000])
        if len(line.text) <= MAX_FOOTER and (_is_footer(folded, layout) or _is_broken(lines, index, layout)):
            line.claim("footer", "a program added it")
            _claim_broken(lines, index)
            _claim_links(lines, index + 1)
            _claim_rule_above(lines, index)
            continue
        legal = layout.disclaimer.search(folded) if len(line.text) > 20 else None
        if legal and not _split_before(lines, index, legal.start()):
            _claim_paragraph(lines, index)
            _claim_rule_above(lines, index)


def _is_footer(folded: str, layout: Layout) -> bool:
    """Does a line begin with a phrase of a program, and nobody speaks in the rest of it?"""
    found = layout.footer.match(folded)
    return found is not None and layout.speaker.isdisjoint(words_of(folded[found.end() :]))


def _claim_list_footer(lines: list[Line], index: int) -> bool:
    """Below a long drawn line: the name of a mailing list and where to leave it, and nothing else."""
    below = [line for line in lines[index + 1 :] if not line.blank]
    if len(lines[index].text.strip()) < 30 or not 2 <= len(below) <= 6 or any(line.kind for line in below):
        return False
    links = sum(1 for line in below if is_link(line.text))
    if not links or any(len(line.text) > 80 for line in below):
        return False
    for line in lines[index:]:
        line.claim("footer", "footer of a mailing list")
    return True


def _claim_armour(lines: list[Line], index: int, what: str) -> None:
    """A signature or key of PGP down to its end; of signed text only the two lines above it."""
    for line in lines[index:]:
        if what == "SIGNED MESSAGE" and line.blank:
            return
        line.claim("footer", "PGP")
        if line.text.startswith("-----END PGP"):
            return


def _is_broken(lines: Sequence[Line], index: int, layout: Layout) -> bool:
    """Does a phrase of a program begin here and end in the next line?"""
    if len(lines[index].text) < 20 or index + 1 >= len(lines) or not lines[index + 1].free:
        return False
    found = layout.footer.match(
        fold(f"{lines[index].text[:MAX_FOOTER]} {lines[index + 1].text[:MAX_FOOTER]}")
    )
    if found is None or found.end() <= len(lines[index].text):
        return False
    lines[index + 1].claim("footer", "belongs to the line above")
    return True


def _claim_broken(lines: list[Line], index: int) -> None:
    """The rest of a long sentence that was broken over lines."""
    for above, line in zip(lines[index : index + 4], lines[index + 1 : index + 5], strict=False):
        if line.kind == "footer":
            continue
        if not line.free or len(above.text) < 55 or not line.text.lstrip()[:1].islower():
            return
        line.claim("footer", "belongs to the line above")


def _claim_links(lines: list[Line], index: int) -> None:
    for line in lines[index : index + 3]:
        if line.free and (is_link(line.text) or is_rule(line.text)):
            line.claim("footer", "belongs to the line above")
        elif not line.blank and line.kind != "footer":
            return


def _claim_rule_above(lines: list[Line], index: int) -> None:
    for line in reversed(lines[max(0, index - 2) : index]):
        if line.free and (is_rule(line.text) or is_delimiter(line.text)):
            line.claim("footer", "belongs to the line below")
        elif not line.blank:
            return


def _split_before(lines: list[Line], index: int, position: int) -> bool:
    """Where legal text begins deep in a long line, only its own sentences are claimed: the line is split,
    and the new one is looked at next. False where there is nothing to split."""
    line = lines[index]
    if position < 80:
        return False
    cut = max(line.text.rfind(sign, 0, position) for sign in (". ", "! ", "? ")) + 1
    if cut <= 0:
        return False
    lines.insert(index + 1, Line(line.text[cut:].lstrip(), line.mark))
    line.text = line.text[:cut]
    return True


def _claim_paragraph(lines: Sequence[Line], index: int) -> None:
    """The rest of the paragraph; of what stands before, only lines that broke in mid-sentence."""
    above = index - 1
    while above >= max(0, index - 4) and lines[above].free and len(lines[above].text) > 50:
        if lines[above].text.rstrip().endswith((".", "!", "?", ":")):
            break
        lines[above].claim("disclaimer", "fixed legal text")
        above -= 1
    for line in lines[index : index + 60]:
        if line.blank or line.kind is not None:
            break
        line.claim("disclaimer", "fixed legal text")
