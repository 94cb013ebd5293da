"""aiosmtpd as a submission server: STARTTLS required, then login. Another make beside Dovecot."""

from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from tests.servers import free_ports
from tests.servers.authority import Authority
from tests.servers.sink import Taken


class Submission:
    """`with Submission(authority, user, password) as server:` listens on `.port`; `.taken` grows."""

    def __init__(self, authority: Authority, user: str, password: str, *, null_sender: bool = True) -> None:
        self.taken: list[Taken] = []
        self._null_sender = null_sender
        self._expected = LoginPassword(user.encode(), password.encode())
        (self.port,) = free_ports(1)
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            tls_context=authority.server_context(),
            require_starttls=True,
            auth_required=True,
            authenticator=self._check,
        )

    def __enter__(self) -> "Submission":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    def _check(self, _server: Any, _session: Any, _envelope: Any, _how: str, given: Any) -> AuthResult:
        return AuthResult(success=given == self._expected, handled=False)

    async def handle_MAIL(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address == "<>" and not self._null_sender:
            return "550 5.7.1 Null sender not accepted on submission"
        envelope.mail_from, envelope.mail_options = address, options
        return "250 2.1.0 fine"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        for recipient in envelope.rcpt_tos:
            self.taken.append(Taken((envelope.mail_from or "").strip("<>"), recipient, content))
        return "250 2.0.0 taken"
