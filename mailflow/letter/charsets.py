"""Bytes of text → text, whatever charset they claim. Never raises and never drops a byte.

Rules: what is valid UTF-8 beyond ASCII is UTF-8, whatever one-byte charset was declared (other texts
hardly ever are by chance); a declared charset is tried strictly; what is left is UTF-8 with every
invalid byte read as Windows-1252. UTF-8 that was taken for Windows-1252 on its way ("MÃ¼ller") is mended.
"""

import codecs
import re
import unicodedata

MAX_MENDED = 300_000  # characters in which double decoding is undone

_ALIASES = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "iso8859-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "windows-874": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "macintosh": "mac-roman",
    "x-mac-roman": "mac-roman",
}
_NOT_FOR_MAIL = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"}
_MANY_BYTES = ("gb", "big5", "shift", "sjis", "cp932", "cp949", "euc", "iso2022", "hz", "utf", "johab")

# UTF-8 read as Windows-1252: a lead byte's letter and what stands for its continuation bytes
_CONTINUED = (
    "[\u0080-\u00bf" + "".join(bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)) + "]"
)
_STRONG = re.compile(
    f"[ÃÂ]{_CONTINUED}|â€{_CONTINUED}?|(?:[ÐÑØÙ]{_CONTINUED}){{3}}|[ÄÅ]{_CONTINUED}(?<=[±Ÿžœ‡])"
)
_MANGLED = re.compile(f"[ÂÃÄÅÆÇÎÏÐÑÒÓÔÕÖ×ØÙÚÛ]{_CONTINUED}|[àáâãïé]{_CONTINUED}{{2}}|ð{_CONTINUED}{{3}}")
_ENDS = re.compile(r"\r\n?|[\u0085\u2028\u2029\x0b\x0c]")
_CONTROL = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]"
)
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")


def _read_as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _windows(error.object[error.start : error.end]), error.end


def _windows(data: bytes) -> str:
    """Windows-1252 as browsers read it: its five empty places are control characters."""
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in data)


codecs.register_error("mailflow-windows", _read_as_windows)


def find_codec(label: str) -> str | None:
    """The name of the Python codec for a declared charset, None where it is unknown or no charset."""
    label = re.sub(r"[^a-z0-9_.-]", "", label[:60].strip().lower().partition(" ")[0])
    label = _ALIASES.get(label, label)
    for guess in (label, label.removeprefix("x-"), re.sub(r"^(?:windows|cp)-?(?=\d)", "cp", label)):
        try:
            found = codecs.lookup(guess)
        except (LookupError, ValueError, UnicodeError):
            continue
        is_text = getattr(found, "_is_text_encoding", True)
        return found.name if is_text and found.name not in _NOT_FOR_MAIL else None
    return None


def decode_text(data: bytes, declared: str = "") -> str:
    """Decodes a body or a header value. `declared` is the charset's label as the mail has it."""
    if not declared and data.isascii() and b"\x1b" not in data:
        return data.decode("ascii")  # as most header values are
    codec = find_codec(declared) if declared else None
    many = codec is not None and codec.replace("_", "").replace("-", "").startswith(_MANY_BYTES)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) and not many:
        codec, many = "utf-16", True
    attempts = [codec] if many else ["ascii" if b"\x1b" not in data else None, "utf-8", codec]
    for attempt in attempts:
        if attempt is None:
            continue
        try:
            return mended(data.decode(attempt))
        except (UnicodeError, ValueError):
            continue
    return mended(data.decode("utf-8", "mailflow-windows"))


def mended(text: str) -> str:
    """Undoes UTF-8 that was read as Windows-1252, where the text shows clear signs of it."""
    if text.isascii() or not _STRONG.search(text, 0, MAX_MENDED):
        return text
    return _MANGLED.sub(_unmangled, text[:MAX_MENDED]) + text[MAX_MENDED:]


def _unmangled(match: re.Match[str]) -> str:
    raw = b"".join(
        letter.encode("cp1252") if not "\x80" <= letter <= "\x9f" else letter.encode("latin-1")
        for letter in match[0]
    )
    try:
        letter = raw.decode("utf-8")
    except UnicodeDecodeError:
        return match[0]
    return letter if letter >= "\xa0" else match[0]  # nobody ever wrote a control character


def cleaned(text: str) -> str:
    """Lines ended by \\n, plain spaces, composed letters; no control, direction-changing or invisible
    characters (those that join letters in Persian stay)."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", _SPACES.sub(" ", text))
    return _CONTROL.sub("", _ENDS.sub("\n", text))
