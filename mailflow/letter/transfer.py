"""Transfer encodings of a part (RFC 2045, 6): quoted-printable and base64 → the bytes they stand for.

Rules: nothing raises. Broken base64 gives what each stretch of it gives; a line in plain text among it (a
footer that a list added) stays.
"""

import base64
import binascii
import re

MAX_BROKEN = 1_000_000  # bytes that are read where base64 has to be pieced together

_WHOLE_BASE64 = re.compile(rb"[A-Za-z0-9+/]*={0,3}")
_BASE64_STRETCH = re.compile(rb"[A-Za-z0-9+/]+=*")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]")


def without_encoding(content: bytes, encoding: bytes) -> bytes:
    """The content freed of its encoding (named as in the header) as far as it has one."""
    encoding = encoding.strip().lower()
    if encoding.startswith(b"quoted"):
        return _from_quoted_printable(content)
    if encoding.startswith((b"base64", b"b64")):
        return _from_base64(content)
    return content


def _from_quoted_printable(content: bytes) -> bytes:
    return binascii.a2b_qp(re.sub(rb"=[ \t]{1,80}(?=\r?\n)", b"=", content))


def _from_base64(content: bytes) -> bytes:
    """Decodes each padded stretch by itself; a line in plain text (a footer that a list added) stays."""
    whole = content.translate(None, b"\r\n\t ")
    if _WHOLE_BASE64.fullmatch(whole):
        return _decode_run([whole])
    out: list[bytes] = []
    run: list[bytes] = []
    for line in content[:MAX_BROKEN].splitlines():
        line = line.strip()
        if _NOT_BASE64.search(line):
            out += [_decode_run(run), b"\n" + line + b"\n"]
            run = []
            continue
        for stretch in _BASE64_STRETCH.findall(line):
            run.append(stretch)
            if stretch.endswith(b"="):
                out.append(_decode_run(run))
                run = []
    out.append(_decode_run(run))
    return b"".join(out)


def _decode_run(run: list[bytes]) -> bytes:
    joined = b"".join(run).rstrip(b"=")
    joined = joined[: len(joined) - 1] if len(joined) % 4 == 1 else joined
    try:
        return base64.b64decode(joined + b"=" * (-len(joined) % 4))
    except (ValueError, binascii.Error):
        return b""
