"""An office and answer plans to try, for the tests of templates and answers."""

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mailflow.model import Access, Address, AnswerPlan, Event, Limits, Office

ZONE = ZoneInfo("Europe/Berlin")
FOLDER = Path(__file__).parent.parent / "templates"
NOW = datetime(2021, 3, 2, 9, 30, tzinfo=ZONE)
LATE = datetime(2021, 3, 12, 9, 30, tzinfo=ZONE)
PAST = datetime(2021, 3, 18, 9, 30, tzinfo=ZONE)
LANGUAGES = ("ar", "de", "de-leicht", "en", "es", "fa", "fr", "it", "pl", "ro", "ru", "tr", "uk")
WITH_ACCESS = ("access", "again", "changed", "practice")
WITHOUT_ACCESS = ("cancelled", "idea", "over", "person", "question", "unclear")
OFFICE = Office(
    event=Event(
        title="Digitales Kennenlernen",
        starts=datetime(2021, 3, 17, 15, tzinfo=ZONE),
        ends=datetime(2021, 3, 17, 16, 30, tzinfo=ZONE),
        ideas_until=date(2021, 3, 10),
        timezone="Europe/Berlin",
        language="de",
        practice_starts=datetime(2021, 3, 16, 15, tzinfo=ZONE),
        practice_ends=datetime(2021, 3, 16, 16, 30, tzinfo=ZONE),
    ),
    access=Access(
        "https://zoom.example/j/81234567890?pwd=abc&x=1", "812 3456 7890", "k9<Kaarst", ("+49 69 71049922",)
    ),
    limits=Limits(),
    sender=Address("Integrationsmanagement Kaarst", "kennenlernen@diakonie.example"),
    organiser=Address("Max Gassen", "gassen@diakonie.example"),
    organiser_phone="02131 555-0100",
    own_addresses=frozenset({"kennenlernen@diakonie.example"}),
    secret=b"0" * 32,
)


def answer_plan(template: str = "access", language: str = "de", **changes: Any) -> AnswerPlan:
    """A plan for one person's answer; `changes` are fields of the plan or values for the template."""
    access = template in WITH_ACCESS
    fields: dict[str, Any] = {
        "to": Address("Renate Hoffmann", "renate.hoffmann@web.example"),
        "access": access,
        "calendar": ("event",) if access else (),
        "message_id": "<1a2b.3c@diakonie.example>",
        "in_reply_to": "<mail-1@web.example>",
        "references": ("<first@web.example>", "<mail-1@web.example>"),
    }
    fields |= {key: changes.pop(key) for key in list(changes) if key in fields}
    values: dict[str, object] = {
        "name": "Renate Hoffmann",
        "persons": 1,
        "organisation": None,
        "phone": None,
        **dict.fromkeys(("practice", "idea", "question", "cancelled", "changed", "known"), False),
        "sign_up": template != "practice",
        "in_time": True,
    }
    return AnswerPlan(template, language, values={**values, **changes}, **fields)
