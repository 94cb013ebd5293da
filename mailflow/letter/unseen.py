"""What stands in the HTML of a mail and nobody sees: scripts, hidden previews, text of size 0.

A style is read as far as mail programs heed it. A class hides only where the mail's own style sheet hides it
everywhere, not on some screens.
"""

import re
from collections.abc import Mapping

_SILENT = {
    *("script", "style", "head", "title", "template", "svg"),
    *("object", "iframe", "applet", "xml", "select"),
}
_HIDDEN = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|font(?:-size)?\s*:\s*(?:0(?:\.0+)?(?![.\d])|0?\.\d+p|1(?:\.\d*)?p[xt])|opacity\s*:\s*0(?:\.0*)?\s*(?:;|!|$)"
    r"|max-height\s*:\s*0(?![.\d])|text-indent\s*:\s*-\d{3})",
    re.IGNORECASE,
)
_HIDING_RULE = re.compile(r"\.([\w-]{1,60})\s{0,5}\{([^{}]{0,500})\}")


def is_unseen(tag: str, attributes: Mapping[str, str], hiding: frozenset[str]) -> bool:
    """Is an element hidden by what it is, by its own style or by one of the classes that hide?"""
    style = attributes.get("style", "")
    if tag in _SILENT or "hidden" in attributes or (style and _HIDDEN.search(style[:2000])):
        return True
    return bool(hiding) and not hiding.isdisjoint(attributes.get("class", "").lower().split())


def hiding_classes(html: str) -> frozenset[str]:
    """Classes that a style sheet in the mail hides everywhere (not only on some screens)."""
    _, at, tail = html[:100_000].lower().partition("<style")
    if not at or "none" not in tail:
        return frozenset()
    sheet = re.sub(r"@[a-z-]+[^{}]{0,200}\{(?:[^{}]{0,2000}\{[^{}]{0,2000}\}){0,200}\s*\}", "", tail[:50_000])
    sheet = sheet.partition("</style")[0]
    return frozenset(name for name, rules in _HIDING_RULE.findall(sheet) if _HIDDEN.search(rules))
