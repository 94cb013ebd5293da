"""Do rules and templates go together? Neither knows the other; whoever loads both asks here.

Pure. An answer rule that names a template which is not there would fail only when the first mail meets it.
"""

from typing import TYPE_CHECKING

from mailflow.complaints import likely
from mailflow.errors import Misconfigured

if TYPE_CHECKING:
    from mailflow.rules import Rules
    from mailflow.templates import Templates


def require_accord(rules: "Rules", templates: "Templates") -> None:
    """Raise Misconfigured with every answer rule that names a template which is not there."""
    known = sorted(templates.names)
    strangers = [rule for rule in rules.answers.rules if rule.template and rule.template not in known]
    if strangers:
        raise Misconfigured(
            *(
                f'answers.toml, Regel „{rule.name}“: template = "{rule.template}": '
                f"Diese Vorlage gibt es nicht.{likely(rule.template, known)}"
                for rule in strangers
            )
        )
