"""`mailflow add` and `mailflow cancel`: what the organiser takes by phone.

Both write to the store while the service may be running; the answer waits there until the service sends it.
"""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from mailflow.commands.speech import Call, Command
from mailflow.errors import MailflowError, UsageError
from mailflow.model import Answer, Plan, Registration, Waiting

if TYPE_CHECKING:
    from mailflow.config import Config
    from mailflow.decide.telephone import PhoneCall
    from mailflow.store import Store


@click.command(cls=Command, short_help="Trägt eine Anmeldung am Telefon ein.")
@click.option("--name", required=True, metavar="NAME", help="Wer sich anmeldet.")
@click.option("--persons", type=click.IntRange(1, 500), default=1, metavar="ZAHL", help="Wie viele; sonst 1.")
@click.option("--phone", metavar="NUMMER", help="Telefonnummer.")
@click.option("--practice", is_flag=True, help="Kommt auch zum Probetermin.")
@click.option("--address", metavar="ADRESSE", help="Mailadresse; dorthin gehen die Zugangsdaten.")
@click.option("--organisation", metavar="NAME", help="Für welche Einrichtung.")
@click.option("--language", metavar="KÜRZEL", help="Sprache der Antwort, etwa tr; sonst die eingestellte.")
@click.pass_obj
def add(
    call: Call,
    name: str,
    persons: int,
    phone: str | None,
    practice: bool,
    address: str | None,
    organisation: str | None,
    language: str | None,
) -> None:
    """Trägt eine Anmeldung am Telefon ein. Mit einer Mailadresse gehen die Zugangsdaten hinaus, sobald der
    Dienst läuft. Wer unter gleichem Namen schon angemeldet ist, wird geändert."""
    from mailflow.config import load_config
    from mailflow.decide.telephone import PhoneCall

    config = load_config(call.config)
    told = PhoneCall(
        name=_one_line(name),
        persons=persons,
        phone=phone,
        practice=practice,
        address=_address(address),
        organisation=organisation and _one_line(organisation),
        language=language or config.event.language,
    )
    if practice and config.event.practice_starts is None:
        raise UsageError("Es ist kein Probetermin eingestellt ([event] practice_starts).")
    _sign_up(config, told)


def _sign_up(config: "Config", told: "PhoneCall") -> None:
    from mailflow.decide.telephone import sign_up
    from mailflow.store import Store

    now = datetime.now().astimezone().replace(microsecond=0)
    office = config.office(create_key=bool(told.address))
    with Store.open(config.store.path, config.event.timezone) as store:
        plan = sign_up(told, store.registrations(), office, now)
        answer = _composed(config, plan, now)
        _note(store, plan, answer, now)
    who = plan.registrations[0]
    click.echo(f"Eingetragen: {who.name}, {who.persons} Person{'en' if who.persons != 1 else ''}.", err=True)
    if answer:
        click.echo(f"Die Zugangsdaten gehen an {answer.to}, sobald der Dienst läuft.", err=True)
    elif who.unreached:
        click.echo(
            f"An {who.address} kam unsere letzte Mail nicht an ({who.unreached}) "
            "Bitte die Zugangsdaten am Telefon durchgeben.",
            err=True,
        )
    else:
        click.echo("Ohne Mailadresse: Bitte die Zugangsdaten am Telefon durchgeben.", err=True)


@click.command(cls=Command, short_help="Meldet jemanden am Telefon ab.")
@click.argument("who", metavar="NAME|ADRESSE")
@click.pass_obj
def cancel(call: Call, who: str) -> None:
    """Meldet jemanden am Telefon ab. Der Eintrag bleibt mit seinem Stand; es geht keine Mail hinaus."""
    from mailflow.config import load_config
    from mailflow.decide.telephone import call_off, find
    from mailflow.store import Store

    config = load_config(call.config)
    now = datetime.now().astimezone().replace(microsecond=0)
    with Store.open(config.store.path, config.event.timezone) as store:
        found = find(who, store.registrations())
        registration = _the_one(who, found)
        _note(store, call_off(registration, now), None, now)
    click.echo(f"Abgemeldet: {_described(registration)}.", err=True)


def _the_one(who: str, found: tuple[Registration, ...]) -> Registration:
    if not found:
        raise MailflowError(f"„{who}“ ist nicht angemeldet. Alle Anmeldungen zeigt „mailflow list“.")
    if len(found) > 1:
        listed = "; ".join(f"{_described(each)} [{each.id}]" for each in found)
        raise MailflowError(f"„{who}“ können mehrere sein: {listed}. Bitte die Kennung in Klammern angeben.")
    return found[0]


def _described(registration: Registration) -> str:
    return ", ".join(filter(None, (registration.name, registration.address, registration.phone)))


def _composed(config: "Config", plan: Plan, now: datetime) -> Answer | None:
    if plan.answer is None:
        return None
    from mailflow.compose import compose
    from mailflow.templates import load_templates

    return compose(plan.answer, load_templates(config.files.templates), config.office(), now)


def _note(store: "Store", plan: Plan, answer: Answer | None, now: datetime) -> None:
    """One durable write: the registration and the answer that waits."""
    waiting = None
    if answer and plan.answer:
        waiting = Waiting(answer.message_id, answer.to, answer.raw, "", plan.answer.template, created=now)
    batch = store.batch(now)
    batch.add(plan, waiting)
    batch.commit()


def _address(text: str | None) -> str:
    from mailflow.settings import parse_address

    try:
        return parse_address(text).addr if text else ""
    except ValueError as error:
        raise UsageError(f"--address: {error}") from None


def _one_line(text: str) -> str:
    return " ".join(text.split())
