"""What a mail consists of, as the server tells it (BODYSTRUCTURE, RFC 3501 7.4.2), without its content.

    (("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "8BIT" 312 9) ("IMAGE" "JPEG" ("NAME" "plan.jpg") … 5000000)
     "MIXED" ("BOUNDARY" "xyz"))

Rules: whatever a server or a mail's author makes of it, reading it is quick and does not raise; of
alternatives one is enough; a mail inside the mail is one part.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

DEEPEST = 50
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([()])|([^\s()"]+)')
_STARTS = re.compile(rb"BODYSTRUCTURE (?=\()")

Node: TypeAlias = "str | list[Node]"


@dataclass(frozen=True, slots=True)
class Part:
    """One part that holds no others. `path` is how the server calls it: "1", "2.1"."""

    path: str
    kind: str  # "text/plain", lower case
    size: int  # bytes, as encoded
    attached: bool

    @property
    def readable(self) -> bool:
        """Is it text that belongs to the mail or says what became of another?"""
        if self.kind in ("message/delivery-status", "message/disposition-notification"):
            return True
        return self.kind.startswith("text/") and not self.attached


def read_structure(line: bytes) -> tuple[Part, ...]:
    """The parts of a multipart mail, in order; () where it is none or can't be read."""
    start = _STARTS.search(line)
    tree = _tree(line[start.end() :].decode("utf-8", "replace")) if start else []
    if not tree or isinstance(tree[0], str):
        return ()
    return tuple(_parts(tree, ""))


def _tree(text: str) -> "list[Node]":
    """Nested lists from nested parentheses; what lies deeper than DEEPEST is left out."""
    root: list[Node] = []
    stack = [root]
    skipped = 0
    for quoted, bracket, word in _TOKEN.findall(text):
        if bracket == "(" and (skipped or len(stack) > DEEPEST):
            skipped += 1
        elif bracket == "(":
            inner: list[Node] = []
            stack[-1].append(inner)
            stack.append(inner)
        elif bracket == ")" and skipped:
            skipped -= 1
        elif bracket == ")":
            stack.pop()
            if len(stack) == 1:
                break
        elif not skipped:
            stack[-1].append(word or re.sub(r"\\(.)", r"\1", quoted))
    first = root[0] if root else []
    return first if isinstance(first, list) else []


def _parts(node: "list[Node]", path: str) -> Iterator[Part]:
    children = []
    for child in node:
        if isinstance(child, str):
            break
        children.append(child)
    if not children:
        yield from _leaf(node, path or "1")
        return
    found = [list(_parts(child, f"{path}.{n}" if path else str(n))) for n, child in enumerate(children, 1)]
    kind = node[len(children)] if len(node) > len(children) else ""
    parts = [part for each in found for part in each]
    yield from _one_of(parts) if isinstance(kind, str) and kind.upper() == "ALTERNATIVE" else parts


def _one_of(parts: list[Part]) -> Iterator[Part]:
    """Of alternatives the plain text, else the first text; and what is no text."""
    texts = [part for part in parts if part.readable]
    plain = [part for part in texts if part.kind == "text/plain"]
    yield from (plain or texts)[:1]
    yield from (part for part in parts if not part.readable)


def _leaf(node: "list[Node]", path: str) -> Iterator[Part]:
    if len(node) < 7 or not (isinstance(node[0], str) and isinstance(node[1], str)):
        return
    size = node[6]
    disposition = next((each[0] for each in node[7:] if isinstance(each, list) and each), "")
    yield Part(
        path=path,
        kind=f"{node[0]}/{node[1]}".lower(),
        size=int(size) if isinstance(size, str) and size.isdecimal() else 0,
        attached=isinstance(disposition, str) and disposition.upper() == "ATTACHMENT",
    )
