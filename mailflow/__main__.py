"""`python -m mailflow` is the same as `mailflow`."""

from mailflow.cli import main

main()
