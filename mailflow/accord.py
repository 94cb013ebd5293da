"""Do rules and templates go together? Neither knows the other; whoever loads both asks here.

Pure. An answer rule that names a template which is not there would fail only when the first mail meets it.
"""

from typing import TYPE_CHECKING

from mailflow.complaints import likely
from mailflow.decide.limits import LAST_WORD
from mailflow.errors import Misconfigured

if TYPE_CHECKING:
    from mailflow.rules import Rules
    from mailflow.templates import Templates

OWN = frozenset({LAST_WORD, "alarm", "repair", "locked", "stuck"})  # templates that no rule names


def require_accord(rules: "Rules", templates: "Templates") -> None:
    """Raise Misconfigured with every template that is needed and not there."""
    known = sorted(templates.names)
    if missing := OWN - templates.names:
        raise Misconfigured(
            *(
                f"{templates.folder}: Die Vorlage „{name}“ fehlt; sie wird immer gebraucht."
                for name in sorted(missing)
            )
        )
    strangers = [rule for rule in rules.answers.rules if rule.template and rule.template not in known]
    if strangers:
        raise Misconfigured(
            *(
                f'answers.toml, Regel „{rule.name}“: template = "{rule.template}": '
                f"Diese Vorlage gibt es nicht.{likely(rule.template, known)}"
                for rule in strangers
            )
        )
