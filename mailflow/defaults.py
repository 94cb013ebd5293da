"""Where the shipped defaults lie: rules, templates and the example configuration.

In a checkout they are the folders at the top of the repository, in an installed package `mailflow/defaults/`.
"""

from pathlib import Path


def folder() -> Path:
    """The folder that holds `rules/`, `templates/` and `config.example.toml`."""
    package = Path(__file__).resolve().parent
    installed = package / "defaults"
    return installed if installed.is_dir() else package.parent


EXAMPLE = folder() / "config.example.toml"
