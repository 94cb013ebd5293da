"""The version of the rows, and how rows of an older version are brought up to it.

Rules: a change of what a row means raises SCHEMA by one and adds one step here that takes all tables from the
version before; steps are never changed afterwards. Rows of a newer version than ours are refused.
"""

from collections.abc import Callable, Mapping

from mailflow.errors import Misconfigured
from mailflow.store.journal import Tables

SCHEMA = 2


def _date_failures(tables: Tables) -> None:
    """1 → 2: a failure knows when it was. The old ones are counted anew."""
    tables.pop("failures", None)


# version → what brings its rows to the next one
STEPS: Mapping[int, Callable[[Tables], None]] = {1: _date_failures}


def migrate(tables: Tables, schema: int, wanted: int) -> None:
    """Bring the tables, in place, from version `schema` to `wanted`. Misconfigured where we are too old."""
    if max(schema, wanted) > SCHEMA:
        raise Misconfigured(
            f"Der Datenbestand stammt von einem neueren Mailflow (Fassung {max(schema, wanted)}; dieses hier "
            f"kennt {SCHEMA}). Bitte das neuere Mailflow wieder installieren."
        )
    for version in range(schema, wanted):
        STEPS[version](tables)
