"""Config: what the organiser and the administrator have set, checked once, every complaint at once.

Rules: the environment (MAILFLOW_MAILBOX__PASSWORD) stands over systemd credentials ($CREDENTIALS_DIRECTORY,
file `mailbox__password`), those over config.toml. Unknown keys and names are errors. Relative paths count
from the folder of the file. No secret is ever shown. Importing this is slow (pydantic); `cli` does it late.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from mailflow.complaints import tell
from mailflow.defaults import EXAMPLE
from mailflow.environment import PREFIX, not_json, source_of, unknown_names, why_unread
from mailflow.errors import Misconfigured
from mailflow.key import EXAMPLE_KEY, make_key, read_key
from mailflow.model import Access, Address, Event, Limits, Office
from mailflow.settings import (
    EventSettings,
    FileSettings,
    LimitSettings,
    MailboxSettings,
    OrganiserSettings,
    SmtpSettings,
    StoreSettings,
    ZoomSettings,
    parse_address,
)
from mailflow.source import Key, Source, read_source


class Config(BaseSettings):
    """Everything that is set, with the names of the file: `config.mailbox.host`."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        secrets_dir_missing="ok",
    )

    mailbox: MailboxSettings
    smtp: SmtpSettings
    event: EventSettings
    zoom: ZoomSettings
    limits: LimitSettings = LimitSettings()
    organiser: OrganiserSettings
    store: StoreSettings = StoreSettings()
    files: FileSettings = FileSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """First wins. What config.toml says comes as `init_settings`, already read, to know its lines."""
        credentials = NestedSecretsSettingsSource(
            file_secret_settings,
            secrets_dir=os.environ.get("CREDENTIALS_DIRECTORY"),
            secrets_prefix="",
            secrets_nested_delimiter="__",
        )
        return env_settings, credentials, init_settings

    def office(self, *, create_key: bool = False) -> Office:
        """What the pure rooms need. `create_key`: we are going to answer; make the key if there is none."""
        return Office(
            event=_event(self.event),
            access=Access(self.zoom.link, self.zoom.meeting_id, self.zoom.passcode, self.zoom.dial_in),
            limits=Limits(**self.limits.model_dump()),
            sender=parse_address(self.smtp.sender),
            organiser=Address(self.organiser.name, parse_address(self.organiser.email).addr),
            organiser_phone=self.organiser.phone,
            own_addresses=self._own_addresses(),
            secret=make_key(self.store.path) if create_key else read_key(self.store.path) or EXAMPLE_KEY,
            authserv_id=self.mailbox.authserv_id,
        )

    def _own_addresses(self) -> frozenset[str]:
        logins = [name for name in (self.mailbox.user, self.smtp.user) if "@" in name]
        envelope = "" if self.smtp.envelope_sender == "<>" else self.smtp.envelope_sender
        written = [self.smtp.sender, envelope, *self.mailbox.aliases]
        return frozenset(
            [name.casefold() for name in logins] + [parse_address(text).key for text in written if text]
        )

    def require_passwords(self) -> None:
        """Complain if we could not log in. Asked only by who connects: `list` needs no password."""
        needed = {"mailbox": self.mailbox.password, "smtp": self.smtp.password if self.smtp.user else None}
        missing = [
            name for name, secret in needed.items() if secret is not None and not secret.get_secret_value()
        ]
        if missing:
            raise Misconfigured(
                *(
                    f"{name}.password fehlt: Erwartet wird es als Umgebungsvariable "
                    f"{PREFIX}{name.upper()}__PASSWORD, als systemd-Credential „{name}__password“ "
                    "oder in config.toml." + why_unread(f"{name}__password")
                    for name in missing
                )
            )


def find_config(named: Path | None) -> Path | None:
    """The file to read: the named one, else $MAILFLOW_CONFIG, else ./config.toml if it exists."""
    chosen = named or (Path(os.environ["MAILFLOW_CONFIG"]) if os.environ.get("MAILFLOW_CONFIG") else None)
    if chosen is not None:
        return chosen
    return Path("config.toml") if Path("config.toml").is_file() else None


def load_config(path: Path | None = None) -> Config:
    """Read and check the configuration. Raises Misconfigured with every complaint."""
    file = find_config(path)
    if file is None:
        raise Misconfigured(
            "Hier liegt keine config.toml. „mailflow init ORDNER“ legt eine an; "
            "„--config DATEI“ nennt eine andere."
        )
    try:
        source = read_source(file)
    except OSError as error:
        raise Misconfigured(
            f"{file} ist nicht lesbar ({error.strerror}). „mailflow init ORDNER“ legt eine Konfiguration an."
        ) from None
    return _checked(source)


def exposed_secrets(path: Path | None = None) -> str:
    """A warning where others than its owner can read passwords or access data in the file; else ""."""
    file = find_config(path)
    if file is None or not file.stat().st_mode & 0o077:
        return ""
    data = read_source(file).data
    secrets = {"Passwörter": ("mailbox", "smtp"), "die Zugangsdaten": ("zoom",)}
    told = [
        what
        for what, tables in secrets.items()
        if any({"password", "passcode", "link"} & data.get(table, {}).keys() for table in tables)
    ]
    if not told:
        return ""
    return (
        f"{file} enthält {' und '.join(told)} und ist für andere lesbar: chmod 600 {file}, oder als "
        "systemd-Credentials ablegen (mailflow service --secret NAME)"
    )


def example_config() -> Config:
    """The values of config.example.toml, for who has not set anything yet."""
    source = read_source(EXAMPLE)
    settings = {name: dict(table) for name, table in source.data.items()}
    return _from_folder(Config.model_construct(**_validated(settings)), EXAMPLE.parent)


def _validated(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The tables by themselves: neither environment nor credentials have a say in the example."""
    return {
        name: field.annotation.model_validate(tables.get(name, {}))
        for name, field in Config.model_fields.items()
        if field.annotation is not None
    }


def _checked(source: Source) -> Config:
    tables = {name: field.annotation for name, field in Config.model_fields.items()}
    complaints = unknown_names({name: getattr(table, "model_fields", {}) for name, table in tables.items()})
    try:
        config = Config(**source.data)
    except ValidationError as error:
        complaints += tell(error, Config, lambda key: _place(key, source))
    except SettingsError as error:
        complaints.append(not_json(error))
    except PermissionError as error:
        complaints.append(f"{error.filename} ist für diesen Benutzer nicht lesbar.")
    if complaints:
        raise Misconfigured(*complaints)
    return _from_folder(config, source.file.parent)


def _place(key: Key, source: Source) -> str:
    """Where the value at `key` comes from: the same order in which the sources are asked."""
    if outside := source_of(key):
        return outside
    line = source.line(key)
    return f"{source.file}, Zeile {line}" if line else str(source.file)


def _from_folder(config: Config, folder: Path) -> Config:
    """The same with paths counted from the folder of the file."""
    base = folder.absolute()

    def at(path: Path | None) -> Path | None:
        return base / path.expanduser() if path else None

    return config.model_copy(
        update={
            "mailbox": config.mailbox.model_copy(update={"ca_file": at(config.mailbox.ca_file)}),
            "smtp": config.smtp.model_copy(update={"ca_file": at(config.smtp.ca_file)}),
            "store": config.store.model_copy(update={"path": at(config.store.path)}),
            "files": FileSettings(rules=base / config.files.rules, templates=base / config.files.templates),
        }
    )


def _event(event: EventSettings) -> Event:
    return Event(**event.model_dump())
