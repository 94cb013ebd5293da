"""The desk: where one mail is read, understood, decided about and answered on paper.

Pure: nothing is done here. `Desk.plan` is what `explain` does too; `set_aside` is the plan for a mail that
raised an error each time.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from mailflow.compose import compose
from mailflow.compose.alarm import alarm_mail
from mailflow.decide import decide
from mailflow.errors import Refused
from mailflow.model import Attention, FolderName, Known, Letter, Mail, Office, Plan, Waiting
from mailflow.understand import understand
from mailflow.understand.origin.authentication import authserv_ids

if TYPE_CHECKING:
    from mailflow.rules import Rules
    from mailflow.templates import Templates


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies on it: the rules and templates in force, and what the organiser has set up."""

    rules: "Rules"
    templates: "Templates"
    office: Office

    def plan(self, mail: Mail, letter: Letter, known: Known, now: datetime) -> tuple[Plan, Waiting | None]:
        """What a mail leads to, and the answer that will wait to be sent."""
        office = replace(self.office, authserv_id=self.office.authserv_id or known.judge)
        reading = understand(letter, self.rules, office, known, mail.arrived)
        plan = decide(letter, reading, known, self.rules.answers, office, mail.arrived, now)
        plan = replace(plan, judge=next(iter(authserv_ids(letter)), ""))
        if mail.whole and not reading.automatic:
            reason = f"zu groß ({mail.whole // 1024} KB), nicht alles gelesen"
            plan = replace(_before_a_person(plan, letter.subject, reason), folder="attention")
        if plan.answer is None:
            return plan, None
        try:
            answer = compose(plan.answer, self.templates, self.office, now)
        except Refused as error:  # an address that no mail can go to
            unanswered = replace(plan, answer=None, folder="attention")
            return _before_a_person(unanswered, letter.subject, str(error)), None
        template = plan.answer.template
        return plan, Waiting(answer.message_id, answer.to, answer.raw, plan.digest, template, created=now)

    def alarm(self, plan: Plan, now: datetime) -> Waiting | None:
        """The mail to the organiser about a limit that this plan met; None where it met none."""
        return alarm_mail(plan.alarm, self.templates, self.office, now) if plan.alarm else None


def set_aside(mail: Mail, letter: Letter | None, digest: str, where: str) -> Plan:
    """The plan for a mail that could not be dealt with: filed apart, and put before a person."""
    sender = letter.sender.addr if letter and letter.sender else ""
    folder: FolderName = "failed"
    message_id = letter.message_id if letter else ""
    plan = Plan(digest, message_id, mail.arrived, sender, "fehlgeschlagen", folder)
    return _before_a_person(plan, letter.subject if letter else "", f"mehrmals gescheitert ({where})")


def _before_a_person(plan: Plan, subject: str, reason: str) -> Plan:
    notice = Attention(f"{plan.digest[:20]}-s", plan.sender, subject[:200], reason, plan.arrived, plan.digest)
    return replace(plan, attention=(*plan.attention, notice))
