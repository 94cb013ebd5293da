"""How a wrong key or value in a TOML file is told to the person who wrote it.

Rules: one complaint is one line with the place, the key, what stood there, what is expected and, where one is
near, the likely typo. A secret never appears: neither the value of a field that holds one nor the value of an
unknown key, which may be a mistyped password. `config` and `rules` share this; they know the place.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, time
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from mailflow.source import Key

SECRET: dict[str, Any] = {"secret": True}  # json_schema_extra of fields that must not be shown

_EXPECTED = {
    "string_type": "ein Text in Anführungszeichen",
    "string_too_short": "ein Text, der nicht leer ist",
    "string_too_long": "ein Text mit höchstens {max_length} Zeichen",
    "string_pattern_mismatch": "ein Text von der Form {pattern}",
    "int_type": "eine ganze Zahl",
    "int_parsing": "eine ganze Zahl",
    "int_from_float": "eine ganze Zahl",
    "float_type": "eine Zahl",
    "float_parsing": "eine Zahl",
    "bool_type": "true oder false",
    "bool_parsing": "true oder false",
    "greater_than": "mehr als {gt}",
    "greater_than_equal": "mindestens {ge}",
    "less_than": "weniger als {lt}",
    "less_than_equal": "höchstens {le}",
    "list_type": "eine Liste in eckigen Klammern",
    "tuple_type": "eine Liste in eckigen Klammern",
    "set_type": "eine Liste in eckigen Klammern",
    "frozen_set_type": "eine Liste in eckigen Klammern",
    "too_short": "eine Liste mit mindestens {min_length} Einträgen",
    "too_long": "eine Liste mit höchstens {max_length} Einträgen",
    "dict_type": "eine Tabelle",
    "model_type": "eine Tabelle",
    "model_attributes_type": "eine Tabelle",
    "datetime_type": "ein Zeitpunkt wie 2021-03-17T15:00:00",
    "datetime_parsing": "ein Zeitpunkt wie 2021-03-17T15:00:00",
    "datetime_from_date_parsing": "ein Zeitpunkt wie 2021-03-17T15:00:00",
    "date_type": "ein Datum wie 2021-03-10",
    "date_parsing": "ein Datum wie 2021-03-10",
    "date_from_datetime_parsing": "ein Datum wie 2021-03-10",
    "date_from_datetime_inexact": "ein Datum ohne Uhrzeit wie 2021-03-10",
    "path_type": "ein Dateiname in Anführungszeichen",
}


class Misunderstood(ValueError):
    """What only shows when checked rule files are put together: the file's stem, the key, a sentence each."""

    def __init__(self, *faults: tuple[str, Key, str]) -> None:
        super().__init__(*faults)
        self.faults = faults


def tell(error: ValidationError, model: type[BaseModel], place: Callable[[Key], str]) -> list[str]:
    """Every complaint of a validation, in order; `place` says where a key stands ("config.toml, Zeile 3")."""
    return [_sentence(fault, model, place) for fault in error.errors(include_url=False)]


def likely(word: str, known: list[str]) -> str:
    """„Gemeint ist wohl …“ for the nearest known word, with a blank before it; "" where none is near."""
    folded = {name.casefold(): name for name in reversed(known)}
    near = get_close_matches(word.casefold(), folded, n=1, cutoff=0.65)
    return f" Gemeint ist wohl „{folded[near[0]]}“." if near else ""


def _sentence(fault: ErrorDetails, model: type[BaseModel], place: Callable[[Key], str]) -> str:
    key = tuple(fault["loc"])
    name = _name(key)
    if fault["type"] == "extra_forbidden":
        said = f"Diesen Schlüssel gibt es hier nicht.{_instead(key, model)}"
        return f"{place(key)}: {name}: {said}"
    if fault["type"] == "missing":
        meaning = _meaning(key, model)
        return f"{place(key[:-1])}: {name} fehlt{f': {meaning}' if meaning else ''}."
    found = "" if _secret(key, model) else _shown(fault["input"])
    return f"{place(key)}: {name}{found}: {_wanted(fault, key, model)}"


def _wanted(fault: ErrorDetails, key: Key, model: type[BaseModel]) -> str:
    """What is expected instead."""
    context: Mapping[str, Any] = fault.get("ctx", {})
    if fault["type"] in ("value_error", "assertion_error"):
        return str(context.get("error", fault["msg"]))
    if fault["type"] in ("literal_error", "enum"):
        words = [word.strip(" '\"") for word in str(context["expected"]).replace(" or ", ", ").split(",")]
        listed = ", ".join(f"„{word}“" for word in words)
        typo = "" if _secret(key, model) else likely(str(fault["input"]), words)
        return f"Erwartet wird eines von {listed}.{typo}"
    if fault["type"] == "string_pattern_mismatch" and (meaning := _meaning(key, model)):
        return f"Erwartet wird {meaning}."
    expected = _EXPECTED.get(fault["type"])
    return f"Erwartet wird {expected.format(**context)}." if expected else fault["msg"] + "."


def _name(key: Key) -> str:
    """A key as a person says it: "mailbox.port", "rule.words (3. Eintrag)"."""
    names = ".".join(part for part in key if isinstance(part, str))
    entry = f" ({key[-1] + 1}. Eintrag)" if key and isinstance(key[-1], int) else ""
    return (names or "Die Datei") + entry


def _shown(value: object) -> str:
    """What stood there, as TOML writes it, with " = " before it; "" for tables, which may hold secrets."""
    match value:
        case bool():
            return f" = {str(value).lower()}"
        case int() | float():
            return f" = {value}"
        case str():
            return f' = "{value if len(value) <= 60 else value[:57] + "…"}"'
        case date() | time():
            return f" = {value.isoformat()}"
        case list() | tuple():
            return " (eine Liste)"
        case _:
            return ""


def _instead(key: Key, model: type[BaseModel]) -> str:
    """The likely typo, or the table in which a key of that name is at home."""
    here = _model_at(key[:-1], model)
    name = str(key[-1])
    near = likely(name, list(here.model_fields) if here else [])
    if near:
        return near
    home = next((path for path, other in _tables(model) if name in other.model_fields), None)
    return f" Er gehört nach [{home}]." if home else ""


def _meaning(key: Key, model: type[BaseModel]) -> str:
    """What the model says of a field; "" where it says nothing."""
    inside = _model_at(key[:-1], model)
    field = inside.model_fields.get(str(key[-1])) if inside else None
    return (field.description or "") if field else ""


def _secret(key: Key, model: type[BaseModel]) -> bool:
    """Does this key hold a secret, or something that holds one?"""
    while key and isinstance(key[-1], int):
        key = key[:-1]
    if not key:
        return False
    inside = _model_at(key[:-1], model)
    field = inside.model_fields.get(str(key[-1])) if inside else None
    return field is not None and _holds_secret(field)


def _holds_secret(field: FieldInfo) -> bool:
    marked = isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("secret")
    inner = _inner(field.annotation)
    within = inner is not None and any(_holds_secret(part) for part in inner.model_fields.values())
    return bool(marked) or field.annotation is SecretStr or within


def _model_at(key: Key, model: type[BaseModel]) -> type[BaseModel] | None:
    """The model that checks the table at `key`, if one does."""
    here: type[BaseModel] | None = model
    for part in key:
        if isinstance(part, str):
            field = here.model_fields.get(part) if here else None
            here = _inner(field.annotation) if field else here if here and _is_tag(part, here) else None
    return here


def _is_tag(part: str, model: type[BaseModel]) -> bool:
    """pydantic puts the names of union members among the keys."""
    return part == model.__name__


def _inner(annotation: Any) -> type[BaseModel] | None:
    """The model inside `X | None`, `tuple[X, ...]`, `dict[str, X]`, …"""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _inner(part))), None)


def _tables(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in model.model_fields.items():
        inside = _inner(field.annotation)
        if inside is not None:
            here = f"{path}.{name}" if path else name
            yield here, inside
            yield from _tables(inside, here)
