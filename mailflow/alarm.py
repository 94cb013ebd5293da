"""The mail that tells the organiser of a limit that was reached.

Rules: once for each limit and day, by a Message-ID that is the same all day (the store notes no answer
twice); marked as made by a machine (RFC 3834, section 5), so that no program answers it; it counts for no
limit of its own. Pure.
"""

from datetime import datetime
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from mailflow.compose import template_values
from mailflow.dates import language_tag
from mailflow.errors import Refused
from mailflow.marks import answer_id
from mailflow.markup import html_of
from mailflow.mime import address_text, header_text, plain_address, write_mail
from mailflow.model import Alarm, Office, Waiting
from mailflow.templates import Templates

TEMPLATE = "alarm"


def alarm_mail(alarm: Alarm, templates: Templates, office: Office, now: datetime) -> Waiting:
    """The alarm as it waits to be sent to the organiser. Raises jinja2's TemplateError, Misconfigured."""
    local = now.astimezone(ZoneInfo(office.event.timezone))
    language = templates.language_for(TEMPLATE, office.event.language, office.event.language)
    values = {
        **template_values({}, office, language, now, access=False),
        "limit": alarm.told,
        "address": _shown(alarm.address),
    }
    rendered = templates.render(TEMPLATE, language, values, office.event.language)
    domain = office.sender.addr.rpartition("@")[2]
    message_id = answer_id(office.secret, f"{alarm.limit} {local.date()}", TEMPLATE, domain)
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
