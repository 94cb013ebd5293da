"""Reading + what we know of the sender + now → Plan: all that will be done, before anything is.

Rules: the first rule of rules/answers.toml that fits decides template, folder and attention. A machine gets
no answer; where a doubt is left, a person looks. Pure: `now` is handed in.

case.py           one person's mail with all that decides about it
limits.py         how many answers may go out
roster.py         whose registration a mail speaks of, and what becomes of it
ruling.py         what is done about a person's mail under a rule: the plan
telephone.py      what the organiser takes by phone
topic.py          is a mail about our event at all?
undelivered.py    what becomes of a report that an answer of ours did not arrive
"""

from datetime import datetime

from mailflow.decide.case import Case
from mailflow.decide.limits import likeness
from mailflow.decide.ruling import attention_to, rule_on
from mailflow.decide.undelivered import with_undelivered
from mailflow.model import Attention, Automatic, Known, Letter, Office, Plan, Reading
from mailflow.rules.answers import AnswerRule, Answers

_UNDECIDED = AnswerRule(
    name="keine Regel passt", template="unclear", folder="attention", attention="keine Regel passt"
)


def decide(
    letter: Letter,
    reading: Reading,
    known: Known,
    answers: Answers,
    office: Office,
    arrived: datetime,
    now: datetime,
) -> Plan:
    """What is to be done about one mail. `arrived` judges deadlines, `now` whether the event is over."""
    if reading.automatic:
        plan = _automatic(letter, reading, reading.automatic, office, arrived)
        return with_undelivered(plan, letter, reading, known, arrived)
    case = Case(letter, reading, known, office, answers, arrived, now)
    rule = next((rule for rule in answers.rules if case.fits(rule)), _UNDECIDED)
    return rule_on(case, rule)


def _automatic(
    letter: Letter, reading: Reading, automatic: Automatic, office: Office, arrived: datetime
) -> Plan:
    """A machine wrote it: filed without an answer, before a person where that is not certain."""
    sender = letter.sender.addr if letter.sender else ""
    attention: tuple[Attention, ...] = ()
    if not automatic.hard:
        attention = (attention_to(letter, sender, f"nicht beantwortet, {_doubt(automatic)}", arrived),)
    return Plan(
        digest=letter.digest,
        message_id=letter.message_id,
        arrived=arrived,
        sender=sender,
        rule=f"automatisch ({automatic.kind})" if automatic.kind != "list" or automatic.hard else "Zweifel",
        folder="attention" if attention else "automatic",
        attention=attention,
        reasons=reading.reasons,
        likeness=likeness(letter, reading, office.secret),
    )


def _doubt(automatic: Automatic) -> str:
    """Why a person should look. A soft mark of a list is a doubt about the sender, no sign of a machine."""
    if automatic.kind == "list":
        return automatic.because[:1].lower() + automatic.because[1:]
    return f"vielleicht eine automatische Mail: {automatic.because}"
