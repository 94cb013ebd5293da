"""`mailflow check` on real servers: it logs in to both, names the one that refuses, shows no password."""

from pathlib import Path

import pytest

from tests.servers import free_ports
from tests.servers.dovecot import Dovecot
from tests.servers.installation import Installation
from tests.servers.mailbox import Mailbox

pytestmark = pytest.mark.dovecot


@pytest.fixture
def installation(tmp_path: Path, mailbox: Mailbox, dovecot: Dovecot) -> Installation:
    return Installation.make(tmp_path, mailbox, dovecot.submission).with_own_rules()


def test_both_servers_let_us_in(installation: Installation) -> None:
    """Two lines that say where and as whom."""
    code, said = installation.run("check")
    assert code == 0, said
    user = installation.mailbox.user
    assert f"✓ Postfach: angemeldet bei 127.0.0.1:{installation.mailbox.port} als {user}" in said
    assert "✓ Versand: angemeldet bei 127.0.0.1:" in said


def test_wrong_password_is_told_and_not_shown(installation: Installation) -> None:
    """Exit code 75: the administrator may be changing it right now. Both doors are tried."""
    process = installation.start("check", environment={"MAILFLOW_MAILBOX__PASSWORD": "falsch-4711"})
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 75, said
    assert "✗ Postfach" in said
    assert "✓ Versand" in said
    assert "falsch-4711" not in said


def test_missing_password_is_asked_for(installation: Installation) -> None:
    """Exit code 78, with every way to give it."""
    process = installation.start("check", environment={"MAILFLOW_SMTP__PASSWORD": ""})
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 78, said
    assert "smtp.password fehlt" in said
    assert "MAILFLOW_SMTP__PASSWORD" in said


def test_server_that_is_not_there(installation: Installation) -> None:
    """Exit code 75, host and port named."""
    (port,) = free_ports(1)
    process = installation.start("check", environment={"MAILFLOW_SMTP__PORT": str(port)})
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 75, said
    assert "✓ Postfach" in said
    assert f"127.0.0.1:{port}" in said


def test_certificate_that_nobody_vouches_for(installation: Installation) -> None:
    """Without the private authority the connection is refused, not made anyway."""
    environment = {"MAILFLOW_MAILBOX__CA_FILE": "", "MAILFLOW_SMTP__CA_FILE": ""}
    process = installation.start("check", environment=environment)
    said, _ = process.communicate(timeout=60)
    assert process.returncode in (75, 78), said
    assert "✗ Postfach" in said
    assert "✗ Versand" in said
