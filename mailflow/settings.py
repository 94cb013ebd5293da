"""The tables of config.toml: every key with its default, what it is for, and what is checked about it.

Rules: a key is forbidden unless it stands here; a table is frozen; each description is the half sentence that
a person reads when the key is missing. What needs two keys to be judged is checked where both are known.
"""

import ipaddress
import re
from datetime import UTC, date, datetime
from email.utils import getaddresses
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from mailflow.complaints import SECRET
from mailflow.model import Address

Security = Literal["tls", "starttls", "none"]
Text = Annotated[str, Field(min_length=1)]
Port = Annotated[int, Field(ge=1, le=65535)]
Count = Annotated[int, Field(ge=1)]
OptionalFile = Annotated[Path | None, BeforeValidator(lambda value: value or None)]

_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")


class Table(BaseModel):
    """What all tables have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True)


def is_loopback(host: str) -> bool:
    """Is this a name of the machine itself?"""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def parse_address(text: str) -> Address:
    """`Name <a@b>` or `a@b` as an Address. Raises ValueError with a sentence."""
    found = getaddresses([text])
    if len(found) != 1 or not _PLAIN_ADDRESS.fullmatch(found[0][1]) or any(c < " " for c in text):
        raise ValueError(
            "Erwartet wird eine Adresse wie „Name <adresse@example.org>“, die Adresse selbst ohne Umlaute; "
            "ein Name mit Komma steht in Anführungszeichen."
        )
    return Address(*found[0])


def _checked_address(text: str) -> str:
    if text:
        parse_address(text)
    return text


MailAddress = Annotated[str, Field(min_length=1), BeforeValidator(lambda value: _as_address(value))]


def _as_address(value: Any) -> Any:
    return _checked_address(value) if isinstance(value, str) else value


def _check_security(host: str, port: int, security: Security, implicit: int, plain: tuple[int, ...]) -> None:
    """No plain connection over a network, and no port that cannot speak what is asked of it."""
    if security == "none" and not is_loopback(host):
        raise ValueError(
            'security = "none" ist nur für den eigenen Rechner erlaubt (localhost). '
            'Erwartet wird "tls" oder "starttls".'
        )
    if security == "starttls" and port == implicit:
        raise ValueError(f'Port {port} gehört zu security = "tls"; zu "starttls" gehört Port {plain[0]}.')
    if security == "tls" and port in plain:
        raise ValueError(f'Port {port} gehört zu security = "starttls"; zu "tls" gehört Port {implicit}.')


class FolderSettings(Table):
    """Where mails go once they are dealt with."""

    done: Text = "Mailflow/Done"
    attention: Text = "Mailflow/Attention"
    automatic: Text = "Mailflow/Automatic"
    failed: Text = "Mailflow/Failed"

    @model_validator(mode="after")
    def _distinct(self) -> "FolderSettings":
        names = [self.done, self.attention, self.automatic, self.failed]
        if len({name.casefold() for name in names}) < len(names):
            raise ValueError("Zwei Ordner heißen gleich. Erwartet werden vier verschiedene.")
        if any(name.casefold() == "inbox" for name in names):
            raise ValueError("INBOX ist der Eingang. Erwartet wird ein anderer Ordner.")
        return self


class MailboxSettings(Table):
    """The mailbox that is read (IMAP)."""

    host: Text = Field(description="der Name des IMAP-Servers")
    port: Port = 993
    security: Security = "tls"
    ca_file: OptionalFile = None
    user: Text = Field(description="der Anmeldename des Postfachs")
    password: SecretStr = SecretStr("")
    folder: Text = "INBOX"
    poll_seconds: Count = 60
    idle: bool = True
    aliases: tuple[MailAddress, ...] = ()
    authserv_id: str = ""
    folders: FolderSettings = FolderSettings()

    @model_validator(mode="after")
    def _fits(self) -> "MailboxSettings":
        _check_security(self.host, self.port, self.security, 993, (143,))
        folders = self.folders
        if self.folder.casefold() in {
            name.casefold() for name in (folders.done, folders.attention, folders.automatic, folders.failed)
        }:
            raise ValueError(f"„{self.folder}“ ist der Eingang und kann nicht zugleich Ablage sein.")
        return self


class SmtpSettings(Table):
    """The server that takes our answers."""

    host: Text = Field(description="der Name des SMTP-Servers")
    port: Port = 465
    security: Security = "tls"
    ca_file: OptionalFile = None
    user: str = ""
    password: SecretStr = SecretStr("")
    sender: MailAddress = Field(description="der Absender der Antworten, wie „Name <adresse@example.org>“")
    envelope_sender: Annotated[
        str, BeforeValidator(lambda text: text if text == "<>" else _as_address(text))
    ] = ""

    @model_validator(mode="after")
    def _fits(self) -> "SmtpSettings":
        _check_security(self.host, self.port, self.security, 465, (587, 25))
        return self


def _no_number_for_a_moment(value: Any) -> Any:
    """pydantic would take a number for seconds since 1970."""
    if isinstance(value, datetime | str):
        return value
    raise ValueError("Erwartet wird ein Zeitpunkt wie 2021-03-17T15:00:00.")


def _no_number_for_a_day(value: Any) -> Any:
    if isinstance(value, date | str):
        return value
    raise ValueError("Erwartet wird ein Datum wie 2021-03-10.")


Moment = Annotated[datetime, BeforeValidator(_no_number_for_a_moment)]
Day = Annotated[date, BeforeValidator(_no_number_for_a_day)]


class EventSettings(Table):
    """The occasion. Moments are written in local time of `timezone` and aware once they are read."""

    title: Text = Field(description="der Titel der Veranstaltung")
    timezone: Text = "Europe/Berlin"
    starts: Moment = Field(description="Beginn, wie 2021-03-17T15:00:00")
    ends: Moment = Field(description="Ende, wie 2021-03-17T16:30:00")
    practice_starts: Moment | None = None
    practice_ends: Moment | None = None
    ideas_until: Day = Field(description="der letzte Tag für Ideen, wie 2021-03-10")
    language: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)?$")] = Field(
        default="de", description="ein Sprachkürzel wie „de“ oder „de-leicht“"
    )

    @field_validator("timezone")
    @classmethod
    def _exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (OSError, ValueError, KeyError):
            raise ValueError(
                "Diese Zeitzone gibt es nicht. Erwartet wird ein Name wie „Europe/Berlin“."
            ) from None
        return name

    @field_validator("starts", "ends", "practice_starts", "practice_ends")
    @classmethod
    def _in_zone(cls, moment: datetime | None, info: ValidationInfo) -> datetime | None:
        if moment is None or "timezone" not in info.data:
            return moment
        zone = ZoneInfo(info.data["timezone"])
        if moment.tzinfo is not None:
            return moment.astimezone(zone)
        aware = moment.replace(tzinfo=zone)
        if aware.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment:
            raise ValueError("Diese Uhrzeit gibt es nicht: In jener Nacht wird die Uhr vorgestellt.")
        return aware

    @model_validator(mode="after")
    def _in_order(self) -> "EventSettings":
        if self.ends <= self.starts:
            raise ValueError("ends liegt nicht nach starts.")
        if (self.practice_starts is None) != (self.practice_ends is None):
            raise ValueError("practice_starts und practice_ends gehören zusammen: beide oder keines.")
        if self.practice_starts and self.practice_ends and self.practice_ends <= self.practice_starts:
            raise ValueError("practice_ends liegt nicht nach practice_starts.")
        return self


class ZoomSettings(Table):
    """How to enter the conference."""

    link: Annotated[str, Field(pattern=r"^https://[^\s\"'<>]+$")] = Field(
        description="der Link zur Konferenz, mit https://", json_schema_extra=SECRET, repr=False
    )
    meeting_id: Text = Field(description="die Meeting-ID der Konferenz")
    passcode: Text = Field(description="der Kenncode der Konferenz", json_schema_extra=SECRET, repr=False)
    dial_in: tuple[Text, ...] = ()


class LimitSettings(Table):
    """How many answers may go out."""

    address_per_day: Count = 5
    domain_per_hour: Count = 100
    total_per_hour: Count = 200
    total_per_day: Count = 1000


class OrganiserSettings(Table):
    """The person who decides what Mailflow does not."""

    name: Text = Field(description="der Name der Ansprechperson")
    email: MailAddress = Field(description="die Adresse der Ansprechperson")
    phone: str = ""


class StoreSettings(Table):
    """Where the records lie."""

    path: Path = Path("data/mailflow.json")


class FileSettings(Table):
    """Where rules and templates lie."""

    rules: Path = Path("rules")
    templates: Path = Path("templates")
