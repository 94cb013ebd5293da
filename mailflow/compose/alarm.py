"""The mails to the organiser: a limit was reached, rules cannot be taken over, the service is stuck.

Rules: once for each limit or trouble and day, and once for each faulty state, by a Message-ID that stays the
same (the store notes no answer twice); marked as made by a machine (RFC 3834, section 5), so that no program
answers it; it counts for no limit of its own. Pure.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Literal
from zoneinfo import ZoneInfo

from mailflow.compose import template_values
from mailflow.compose.markup import html_of
from mailflow.compose.mime import address_text, header_text, plain_address, write_mail
from mailflow.errors import Refused
from mailflow.marks import answer_id
from mailflow.model import Alarm, Office, Waiting
from mailflow.templates import Templates
from mailflow.templates.dates import language_tag

TEMPLATE = "alarm"
REPAIR = "repair"
Trouble = Literal["locked", "stuck"]  # the login is refused; mails raise, and we are at fault
MOST = 20  # complaints in one mail: one slip of the pen may break a hundred cases


def alarm_mail(alarm: Alarm, templates: Templates, office: Office, now: datetime) -> Waiting:
    """The alarm as it waits to be sent to the organiser. Raises jinja2's TemplateError, Misconfigured."""
    local = now.astimezone(ZoneInfo(office.event.timezone))
    values = {"limit": alarm.told, "address": _shown(alarm.address)}
    return _mail(TEMPLATE, f"{alarm.limit} {local.date()}", values, templates, office, now)


def repair_mail(
    complaints: Sequence[str], state: str, templates: Templates, office: Office, now: datetime
) -> Waiting:
    """That changed rules or templates are not taken over, and why. `state` names the faulty state.

    Raises jinja2's TemplateError, Misconfigured.
    """
    told = [*complaints[:MOST], *(["…"] if len(complaints) > MOST else [])]
    return _mail(REPAIR, state, {"complaints": told}, templates, office, now)


def trouble_mail(
    trouble: Trouble, reason: str, templates: Templates, office: Office, now: datetime
) -> Waiting:
    """What keeps us from working, once for each reason and day. Raises as `repair_mail` does."""
    day = now.astimezone(ZoneInfo(office.event.timezone)).date()
    return _mail(trouble, f"{reason} {day}", {"reason": reason}, templates, office, now)


def _mail(
    template: str, key: str, values: Mapping[str, object], templates: Templates, office: Office, now: datetime
) -> Waiting:
    """A mail to the organiser; the same `key` gives the same Message-ID."""
    local = now.astimezone(ZoneInfo(office.event.timezone))
    language = templates.language_for(template, office.event.language, office.event.language)
    known = template_values({}, office, language, now, access=False)
    rendered = templates.render(template, language, {**known, **values}, office.event.language)
    domain = office.sender.addr.rpartition("@")[2]
    message_id = answer_id(office.secret, key, template, domain)
    headers = {
        "From": address_text(office.sender),
        "To": address_text(office.organiser),
        "Subject": header_text(rendered.subject),
        "Date": format_datetime(local),
        "Message-ID": message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-Loop": plain_address(office.sender.addr),
        "Content-Language": language_tag(language),
    }
    html = templates.framed(language, rendered.subject, html_of(rendered.text, language))
    raw = write_mail(headers, rendered.text, html)
    return Waiting(message_id, office.organiser.addr, raw, "", TEMPLATE, created=now)


def _shown(address: str) -> str:
    """An address that a mail gave, if it is one; anything else is not repeated."""
    try:
        return plain_address(address)
    except Refused:
        return ""
