"""Mailflow reads an event's registration mailbox, understands what people write, records it and answers."""

__version__ = "0.1.0"
