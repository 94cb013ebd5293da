"""Which addresses belong to machines: daemons, list managers, senders that read no answers.

The names are those of mail systems and of common programs, the same in all countries; what a display name
says is vocabulary and stands in rules/machines.
"""

import re

from mailflow.model import Address, Letter, Office

DAEMONS = frozenset({"mailerdaemon", "maildaemon", "mdaemon", "mmdf", "doublebounce"})
LIST_MANAGERS = frozenset({"listserv", "listserver", "majordomo", "mailman", "listproc", "sympa", "ezmlm"})
UNATTENDED = frozenset(
    {
        "noreply", "donotreply", "dontreply", "noanswer", "noresponse", "norespond", "nichtantworten",
        "bittenichtantworten", "keineantwort", "keineantworten", "nepasrepondre", "noresponder",
        "nonrispondere", "nieodpowiadaj", "unattended", "root", "abuse", "wwwdata", "wwwrun", "nobody",
        "apache", "httpd", "cron", "daemon", "wordpress",
    }
)  # fmt: skip
FORMS = frozenset(
    {"wordpress", "wwwdata", "wwwrun", "apache", "httpd", "formular", "kontaktformular", "webform"}
)
ANNOUNCERS = frozenset(
    {
        "autoreply", "autoresponder", "automail", "notification", "notifications", "notify", "newsletter",
        "mailings", "postmaster", "mailer", "bounce", "bounces",
    }
)  # fmt: skip
_SEPARATORS = re.compile(r"[-_.]")
_FORM_HEADERS = ("x-php-originating-script", "x-php-script", "x-wpcf7-content-type", "x-wpforms", "x-form-id")
_FORM_MAILERS = (
    "phpmailer",
    "php/",
    "wpforms",
    "contact form",
    "formmail",
    "typo3",
    "joomla",
    "drupal",
    "symfony",
)


def is_own(address: Address, office: Office) -> bool:
    """Is it one of our own addresses?"""
    return address.key in office.own_addresses or address.key == office.sender.key


def is_daemon(address: Address) -> bool:
    """MAILER-DAEMON and its kin, which send reports of undelivered mail. (A postmaster is often a person.)"""
    return _plain(address) in DAEMONS


def is_postmaster(address: Address) -> bool:
    """Whoever minds the mail server: a person or a report."""
    return _plain(address) == "postmaster"


def is_list_manager(address: Address) -> bool:
    """owner-*, *-request and programs that run mailing lists (RFC 5230, 4.6)."""
    local = address.key.rpartition("@")[0]
    return (
        local.startswith("owner-")
        or local.endswith(("-request", "-owner"))
        or _plain(address) in LIST_MANAGERS
    )


def is_unattended(address: Address) -> bool:
    """Does nobody read what is sent there? noreply and its kin, accounts of programs."""
    return _is_program(address) or _plain(address) in ANNOUNCERS


def is_own_bounce(value: str, office: Office) -> bool:
    """Does a To-like header name a bounce address of ours (VERP, BATV): local+bounce-…@, prvs=…=local@?"""
    lowered = value.casefold()[:2_000]
    for own in office.own_addresses:
        local, _, domain = own.partition("@")
        escaped, at = re.escape(local), re.escape("@" + domain)
        if re.search(
            rf"(?:\b{escaped}[+-]bounces?\b[^@\s]{{0,200}}|\bbounces?[+-][^@\s]{{0,200}}){at}", lowered
        ):
            return True
        if re.search(rf"\bprvs=[^@\s]{{1,80}}={escaped}{at}", lowered):
            return True
    return False


def relayed_person(letter: Letter, office: Office) -> Address | None:
    """Whom a web form may speak for: a person in Reply-To who is not at home where the mail comes from.

    A company's own Reply-To (service@shop for noreply@shop) is none."""
    if len(letter.reply_to) != 1 or not letter.senders:
        return None
    person = letter.reply_to[0]
    if is_own(person, office) or is_unattended(person) or is_daemon(person) or is_list_manager(person):
        return None
    return None if _domain(person) in {_domain(each) for each in letter.senders} else person


def is_form(letter: Letter) -> bool:
    """Do the headers show a web form: its program in From, or what it writes into the mail?"""
    if any(_plain(each) in FORMS for each in letter.senders):
        return True
    if any(letter.header(name) is not None for name in _FORM_HEADERS):
        return True
    mailer = (letter.header("x-mailer") or "").casefold()
    return any(name in mailer for name in _FORM_MAILERS)


def _is_program(address: Address) -> bool:
    plain = _plain(address)
    return plain in UNATTENDED or plain.startswith(("noreply", "donotreply"))


def _plain(address: Address) -> str:
    """The local part without detail and separators."""
    local = address.key.rpartition("@")[0] or address.key
    return _SEPARATORS.sub("", local.split("+", 1)[0])


def _domain(address: Address) -> str:
    return address.key.rpartition("@")[2]
