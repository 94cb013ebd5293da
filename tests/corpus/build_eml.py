"""Turns a labelled case of dev.jsonl into the mail it describes, with the charset and encoding it names."""

import base64
import quopri
from datetime import datetime
from email import policy
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import format_datetime, formataddr
from typing import Any
from zlib import crc32

TO = "kennenlernen@diakonie.example"
_OURS = ("content-type", "content-transfer-encoding", "mime-version", "date", "subject")


def build(case: dict[str, Any]) -> bytes:
    """The mail, with LF line ends."""
    charset = (case.get("shape") or {}).get("charset", "utf-8")
    message = _body(case)
    extra = dict(case.get("headers") or {})
    address = case["from"]["addr"]
    if "From" not in extra:
        name = case["from"].get("name") or ""
        message["From"] = (
            formataddr((name, address)) if name.isascii() else f"{_header(name, charset)} <{address}>"
        )
    message["To"] = extra.pop("To", TO)
    message["Subject"] = _header(case.get("subject") or "", charset)
    message["Date"] = format_datetime(datetime.fromisoformat(case["date"]))
    if "Message-ID" not in extra and "Message-Id" not in extra:
        number = crc32(case["date"].encode()) % 10**6
        domain = address.rpartition("@")[2] or "local.example"
        message["Message-ID"] = f"<{case['id']}.{number}@{domain}>"
    if case.get("reply_to"):
        message["Reply-To"] = case["reply_to"]
    for key, value in extra.items():
        if key.lower() not in _OURS:
            for each in value if isinstance(value, list) else [value]:
                message[key] = _header(str(each), charset)
    return message.as_bytes(policy=policy.compat32.clone(max_line_length=None))


def _body(case: dict[str, Any]) -> MIMEMultipart | MIMENonMultipart:
    shape = case.get("shape") or {}
    kinds = (("plain", "text"), ("html", "html"))
    parts = [_part(kind, case[key], shape) for kind, key in kinds if case.get(key) is not None]
    if len(parts) < 2:
        return parts[0] if parts else _part("plain", "", shape)
    message = MIMEMultipart("alternative", boundary="=_alt_" + case["id"])
    for each in parts:
        del each["MIME-Version"]
        message.attach(each)
    return message


def _part(subtype: str, text: str, shape: dict[str, str]) -> MIMENonMultipart:
    charset, encoding = shape.get("charset", "utf-8"), shape.get("cte", "quoted-printable")
    part = MIMENonMultipart("text", subtype, charset=charset)
    lines = text.replace("\r\n", "\n")
    if encoding == "quoted-printable":
        written = quopri.encodestring(lines.encode(charset, "replace")).decode("ascii")
    elif encoding == "base64":
        crlf = lines.replace("\n", "\r\n").encode(charset, "replace")
        written = base64.encodebytes(crlf).decode("ascii")
    else:
        written = lines.encode(charset, "replace").decode("ascii", "surrogateescape")
    part["Content-Transfer-Encoding"] = encoding
    part.set_payload(written)
    return part


def _header(value: str, charset: str) -> str:
    value = value.replace("\r", " ").replace("\n", " ")
    if value.isascii():
        return value
    try:
        value.encode(charset)
    except (UnicodeEncodeError, LookupError):
        charset = "utf-8"
    return Header(value, charset).encode()
