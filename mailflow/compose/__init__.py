"""The answer as a mail: what the plan says, in the words of a template, as bytes ready for sending.

Rules: exactly one recipient; nothing of the incoming text but a cleaned name, and no header that is not named
here; the access data only where the plan says so; the same plan and moment give the same bytes. The headers
follow RFC 3834 (automatic answers) and RFC 5322.

alarm.py          the mails to the organiser
calendar_file.py  the event or the try-out as a calendar file (iCalendar, RFC 5545)
markup.py         the HTML of an answer, made from its text
mime.py           a mail as bytes
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from mailflow.compose.calendar_file import Kind, calendar_file
from mailflow.compose.markup import html_of
from mailflow.compose.mime import (
    Attachment,
    address_text,
    header_text,
    identifiers,
    plain_address,
    write_mail,
)
from mailflow.model import Address, Answer, AnswerPlan, Event, Office
from mailflow.templates import Rendered, Templates
from mailflow.templates.dates import clock, date_in_words, day_in_words, language_tag
from mailflow.templates.values import UNSET, AccessWords, Bare, EventWords, OrganiserWords, plain


def compose(
    plan: AnswerPlan, templates: Templates, office: Office, now: datetime, *, sealed: bool = True
) -> Answer:
    """Write the answer. Without `sealed` it gets no bytes: `explain` shows only what it says.

    Raises Refused where its address can't be written to, jinja2's TemplateError where the template fails on
    the values, Misconfigured where there is no such template.
    """
    language = templates.language_for(plan.template, plan.language, office.event.language)
    values = template_values(plan.values, office, language, now, access=plan.access)
    values["calendar"] = bool(plan.access and plan.calendar)
    rendered = templates.render(plan.template, language, values, office.event.language)
    to = Address(plain(plan.to.name), plain_address(plan.to.addr))
    purpose = _purposeful_headers(plan, office, language)
    answer = Answer(plan.message_id, to.addr, rendered.subject, rendered.text, _unfolded(purpose))
    if not sealed:
        return answer
    headers = {
        "From": _mailbox(office.sender),
        "To": _mailbox(to),
        "Subject": header_text(rendered.subject),
        "Date": format_datetime(now.astimezone(ZoneInfo(office.event.timezone))),
        **purpose,
    }
    html = templates.framed(language, rendered.subject, html_of(rendered.text, language))
    calendars = _calendars(plan, templates, office, rendered, values, now)
    return replace(answer, raw=write_mail(headers, rendered.text, html, calendars))


def template_values(
    values: Mapping[str, object], office: Office, language: str, now: datetime, *, access: bool
) -> dict[str, object]:
    """What the template may name: the plan's values, cleaned; event, access and organiser."""
    said = {key: _cleaned(value) for key, value in values.items()}
    return {
        **UNSET,
        **said,
        "event": _event_words(office.event, language, now),
        "access": _access_words(office) if access else None,
        "organiser": _organiser_words(office),
    }


def _cleaned(value: object) -> object:
    if value is None:
        return ""
    return plain(value) if isinstance(value, str) else value


def _event_words(event: Event, language: str, now: datetime) -> EventWords:
    starts, ends = event.practice_starts, event.practice_ends
    return EventWords(
        title=event.title,
        day=day_in_words(event.starts.date(), language),
        date=date_in_words(event.starts.date(), language),
        starts=clock(event.starts),
        ends=clock(event.ends),
        ideas_until=date_in_words(event.ideas_until, language),
        ideas_open=now.astimezone(ZoneInfo(event.timezone)).date() <= event.ideas_until,
        over=now >= event.ends,
        practice_day=day_in_words(starts.date(), language) if starts else "",
        practice_date=date_in_words(starts.date(), language) if starts else "",
        practice_starts=clock(starts) if starts else "",
        practice_ends=clock(ends) if ends else "",
        practice_open=ends is not None and now < ends,
    )


@lru_cache(maxsize=8)
def _access_words(office: Office) -> AccessWords:
    access = office.access
    return AccessWords(Bare(access.link), access.meeting_id, Bare(access.passcode), access.dial_in)


@lru_cache(maxsize=8)
def _organiser_words(office: Office) -> OrganiserWords:
    organiser = office.organiser
    return OrganiserWords(organiser.name, organiser.addr, office.organiser_phone, office.sender.name)


@lru_cache(maxsize=256)
def _mailbox(address: Address) -> str:
    return address_text(address)


def _purposeful_headers(plan: AnswerPlan, office: Office, language: str) -> dict[str, str]:
    """The headers by which programs know what this is: an automatic answer to that mail, by us."""
    headers = {
        "Message-ID": plan.message_id,
        "In-Reply-To": identifiers([plan.in_reply_to]),
        "References": identifiers(plan.references or (plan.in_reply_to,)),
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
        "X-Loop": plain_address(office.sender.addr),
        "Content-Language": language_tag(language),
    }
    return {name: value for name, value in headers.items() if value}


def _calendars(
    plan: AnswerPlan,
    templates: Templates,
    office: Office,
    rendered: Rendered,
    values: Mapping[str, object],
    now: datetime,
) -> list[Attachment]:
    """The calendar files that the plan names; none without access data."""
    files = []
    for kind in plan.calendar if plan.access else ():
        title, _, description = _calendar_words(templates, rendered.language, values, kind).partition("\n")
        files.append(calendar_file(kind, office, title or office.event.title, description.strip(), now))
    return files


def _calendar_words(templates: Templates, language: str, values: Mapping[str, object], kind: Kind) -> str:
    return templates.snippet("_calendar", language, {**values, "practice": kind == "practice"})


def _unfolded(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value.replace("\r\n", "") for name, value in headers.items()}
