"""The marks that mail programs leave in HTML around quoted mail and signatures.

    Gmail         <div class="gmail_quote"><div class="gmail_attr">Am … schrieb …</div><blockquote>
    Thunderbird   <div class="moz-cite-prefix">Am … schrieb …</div><blockquote type="cite">
    Outlook       <div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">

Rules: the name of a mark is that of the class, id or border by which the program is known; what a mark means
for the text is not judged here (see own_words/quotes.py). Outlook on the web puts "x_" before a stranger's
classes.
"""

import re
from collections.abc import Mapping

_NAMES = {  # mark: the classes and ids, in lower case, under which it is found
    "signature": (
        *("signature", "gmail_signature", "gmail_signature_prefix", "moz-signature", "applemailsignature"),
        *("ms-outlook-mobile-signature", "protonmail_signature_block", "ymail_android_signature"),
    ),
    "gmail_attr": ("gmail_attr",),
    "gmail_quote": ("gmail_quote", "gmail_quote_container"),
    "gmail_extra": ("gmail_extra",),
    "moz-cite-prefix": ("moz-cite-prefix",),
    "moz-forward-container": ("moz-forward-container", "moz-email-headers-table"),
    "yahoo_quoted": ("yahoo_quoted", "yahoo-quoted-begin"),
    "protonmail_quote": ("protonmail_quote",),
    "zmail_extra": ("zmail_extra",),
    "blockquote": ("tutanota_quote",),
    "ms-outlook-ios-reply-separator": ("ms-outlook-ios-reply-separator",),
    "mail-editor-reference-message-container": ("mail-editor-reference-message-container",),
    "reply-intro": ("reply-intro",),
    "divRplyFwdMsg": ("divrplyfwdmsg", "divfwdrplymsg"),
    "appendonsend": ("appendonsend",),
    "OutlookMessageHeader": ("outlookmessageheader", "_rfc_header"),
    "zwchr": ("zwchr",),
    "stopSpelling": ("stopspelling",),
    "quote": ("quoted-content",),
}
_MARKS = {name: mark for mark, names in _NAMES.items() for name in names}
ABOVE_HISTORY = {  # all that follows is history, not only what stands inside the element
    *("divRplyFwdMsg", "appendonsend", "OutlookMessageHeader", "zwchr", "stopSpelling", "border-top"),
    "ms-outlook-ios-reply-separator",
}
_LINE_ABOVE = re.compile(r"border-top\s*:([^;]{0,80})", re.IGNORECASE)
_THIN = re.compile(r"solid.{0,60}\b1(?:\.0)?p[tx]|\b1(?:\.0)?p[tx].{0,60}solid", re.IGNORECASE)
_LINE_BESIDE = re.compile(r"border-left\s*:", re.IGNORECASE)


def program_mark(tag: str, attributes: Mapping[str, str]) -> str:
    """The mark that an element carries by itself, "" for none."""
    words = f"{attributes.get('class', '')} {attributes.get('id', '')}".lower().split()
    style = attributes.get("style", "")
    if tag == "blockquote":
        indented = "border" in style and "none" in style and attributes.get("type", "") != "cite"
        return "" if indented or "webkit-indent-blockquote" in words else "blockquote"
    for word in words:
        if mark := _MARKS.get(word.replace("x_", "")):
            return mark
    if attributes.get("name", "").lower() in ("quote", "quoted-content", "messagereplysection"):
        return "quote"
    return _border(style) if tag == "div" else ""


def _border(style: str) -> str:
    """The lines that programs without a name for it draw above or beside an earlier mail."""
    if "padding" not in style:
        return ""
    line = _LINE_ABOVE.search(style)
    if line and _THIN.search(line[1]):
        return "border-top"
    return "border-left" if "margin" in style and _LINE_BESIDE.search(style) else ""
