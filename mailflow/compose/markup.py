"""The HTML of an answer, made from its text.

Rules: every letter of the text is escaped; tags come from here and the frame alone. A line of dashes makes a
heading of the line above it, lines with "- " become a list, a web address becomes a link, and one that
stands alone a large one. Marks around a value of the other direction become <bdi>. Nothing is fetched.
"""

import re
from html import escape

from mailflow.templates.dates import direction

_ADDRESS = re.compile(r"https?://[^\s<>\"'\u2066-\u2069]{1,500}")
_DASHES = re.compile(r"\u200f?-{3,}")
_FACT = re.compile(r"([^:]{2,40}:) ?(\S[^:]{0,60})")
_NUMBER = re.compile(r"[\u2066\u2068]?(\+?[0-9][0-9 ()/.-]{5,30})\u2069?")
_LATIN_LINE = re.compile(r"[\x20-\x7e]*[0-9A-Za-z][\x20-\x7e]*")
_LINK = '<a href="{0}" style="color:#0b4f9c;{1}">{0}</a>'
_LARGE = "font-size:20px;font-weight:bold"
_TYPED = "font-size:20px;display:inline-block"
_PARTS = {
    "p": '<p style="margin:0 0 16px">{}</p>',
    "link": '<p dir="ltr" style="margin:0 0 20px;padding:14px 16px;background:#eaf2fb">{}</p>',
    "h2": '<h2 style="margin:28px 0 10px;font-size:21px;line-height:1.3">{}</h2>',
    "ul": '<ul style="margin:0 0 16px;padding-{side}:24px">{items}</ul>',
    "li": '<li style="margin:0 0 4px">{}</li>',
}


def html_of(text: str, language: str) -> str:
    """The body of the HTML. In the text, empty lines part the paragraphs."""
    rtl = direction(language) == "rtl"
    return "\n".join(part for block in text.strip().split("\n\n") for part in _block(block.split("\n"), rtl))


def _block(lines: list[str], rtl: bool) -> list[str]:
    """A heading with what follows it, a list, a link or a paragraph."""
    if len(lines) > 1 and _DASHES.fullmatch(lines[1]):
        heading = _PARTS["h2"].format(_inline(lines[0], rtl))
        return [heading, *(_block(lines[2:], rtl) if lines[2:] else [])]
    if all(line.startswith("- ") for line in lines):
        items = "\n".join(_PARTS["li"].format(_inline(line[2:], rtl)) for line in lines)
        return [_PARTS["ul"].format(side="right" if rtl else "left", items=items)]
    if len(lines) == 1 and _ADDRESS.fullmatch(lines[0]):
        return [_PARTS["link"].format(_LINK.format(escape(lines[0]), _LARGE))]
    inline = _fact if len(lines) > 1 and all(map(_FACT.fullmatch, lines)) else _inline
    return [_PARTS["p"].format("<br>\n".join(inline(line, rtl) for line in lines))]


def _fact(line: str, rtl: bool) -> str:
    """One of several lines like "Kenncode: 1234": what is to be typed in stands out."""
    found = _FACT.fullmatch(line)
    label, value = found.groups() if found else ("", line)
    return f'{_isolated(escape(label))} <b style="{_TYPED}">{_isolated(escape(value))}</b>'


def _inline(line: str, rtl: bool) -> str:
    """One line with its links, each value of the other direction set apart."""
    if number := _NUMBER.fullmatch(line):
        called = re.sub(r"[^0-9+]", "", number[1])
        return f'<a href="tel:{called}" dir="ltr" style="color:#0b4f9c">{escape(number[1])}</a>'
    if rtl and _LATIN_LINE.fullmatch(line):
        line = f"\u2066{line}\u2069"
    pieces, at = [], 0
    for found in _ADDRESS.finditer(line):
        address = found[0].rstrip(".,;:!?)")
        pieces += [escape(line[at : found.start()]), _LINK.format(escape(address), "")]
        at = found.start() + len(address)
    return _isolated("".join([*pieces, escape(line[at:])]))


def _isolated(line: str) -> str:
    if line.isascii():
        return line
    return line.replace("\u2068", "<bdi>").replace("\u2066", '<bdi dir="ltr">').replace("\u2069", "</bdi>")
