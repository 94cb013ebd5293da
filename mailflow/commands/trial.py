"""The pure path of one mail, from its bytes to the answer, with nothing done about it.

`explain` shows what comes out of it; `check`, and the service when rules change, compare it with the cases
beside the rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mailflow.errors import MailflowError
from mailflow.explain import Trial
from mailflow.model import Known, Office

if TYPE_CHECKING:
    from mailflow.rules import Rules
    from mailflow.rules.cases import Case
    from mailflow.templates import Templates


@dataclass(frozen=True, slots=True)
class Workshop:
    """All that the pure rooms are given."""

    office: Office
    rules: "Rules"
    templates: "Templates"


def in_zone(moment: datetime, office: Office) -> datetime:
    """The same moment in the event's zone; without an offset it is local time there already."""
    zone = ZoneInfo(office.event.timezone)
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)


def try_mail(
    raw: bytes, workshop: Workshop, *, file: str, now: datetime | None, sealed: bool = True
) -> Trial:
    """Read a mail to the end. Without `now`, the moment is the mail's own date, else the present; without
    `sealed`, the answer is not made to a mail."""
    from jinja2 import TemplateError

    from mailflow.compose import compose
    from mailflow.decide import decide
    from mailflow.letter import read_letter
    from mailflow.understand import understand

    office, rules, known = workshop.office, workshop.rules, Known()
    letter = read_letter(raw)
    moment = in_zone(now or letter.sent or datetime.now().astimezone(), office)
    reading = understand(letter, rules, office, known, moment)
    plan = decide(letter, reading, known, rules.answers, office, arrived=moment, now=moment)
    try:
        planned = plan.answer
        answer = compose(planned, workshop.templates, office, moment, sealed=sealed) if planned else None
    except MailflowError as error:
        return Trial(file, letter, reading, plan, None, trouble=str(error))
    except TemplateError:
        trouble = "Die Vorlage lässt sich nicht ausfüllen; „mailflow check“ sagt, warum."
        return Trial(file, letter, reading, plan, None, trouble=trouble)
    return Trial(file, letter, reading, plan, answer)


def broken_cases(workshop: Workshop, folder: Path) -> Mapping[str, tuple[str, ...]]:
    """The cases that do not come out as they should: what the case is called → what is wrong with it.

    `folder` is where the rules lie; the sentences name the line there.
    """
    from mailflow.explain.cases import called, case_mail, case_moment, differences

    broken: dict[str, tuple[str, ...]] = {}
    for case in workshop.rules.cases:
        arrived = case_moment(case, workshop.office.event)
        try:
            trial = try_mail(
                case_mail(case, arrived), workshop, file=case.rule.name, now=arrived, sealed=False
            )
            wrong = differences(case, trial)
        except Exception as error:  # a template may divide by zero
            wrong = (f"daran scheitern Regeln oder Vorlagen ({type(error).__name__}).",)
        if wrong:
            name = called(case, _line(case, folder))
            broken[called(case)] = tuple(f"{name}: {each}" for each in wrong)
    return broken


def _line(case: "Case", folder: Path) -> int | None:
    """Where a case stands; None where its file has changed meanwhile."""
    from mailflow.source import read_source

    try:
        source = read_source(folder / "cases" / f"{case.file}.toml")
    except (OSError, MailflowError):
        return None
    names = [each.get("name") for each in source.data.get("case", ())]
    return source.line(("case", names.index(case.rule.name))) if case.rule.name in names else None
