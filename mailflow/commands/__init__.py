"""The commands, one module for each group; `mailflow.cli` puts them together.

Rules: a command builds the parts, calls them and speaks. Data goes to stdout, words for people to stderr.
Nothing here is imported before it is needed: `mailflow --help` needs click alone.
"""
