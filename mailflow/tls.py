"""The one way we speak TLS: certificates are verified, always, for both doors."""

import ssl
from pathlib import Path


def verified(ca_file: Path | None) -> ssl.SSLContext:
    """Trusts the system's authorities, or only those in `ca_file`. Raises OSError if it is unreadable."""
    return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
