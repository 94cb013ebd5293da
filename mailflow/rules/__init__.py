"""The rule files, read, checked and compiled: `load_rules(folder) -> Rules`.

    rules/answers.toml             what is done: for which intents and circumstances which answer
    rules/meaning/<lang>.toml      what words mean
    rules/people/<lang>.toml       how names, numbers of persons and organisations are written
    rules/layout/<lang>.toml       greetings, closings, signatures, the marks of quoted mail
    rules/machines/<lang>.toml     how machines write
    rules/language/<lang>.toml     by which words a language is known
    rules/cases/<lang>.toml        mails in a few lines and what they must lead to

Rules: a file that is wrong anywhere refuses the whole folder, with every fault of every file at once. Each
sort has its module here with the models of its files and a function that compiles them. Rules choose words,
weights, templates and folders; there is no code in them.

    loading.py        load_rules: a folder → Rules
    meaning.py, people.py, layout.py, machines.py, language.py, answers.py, cases.py    one sort each
    people_words.py   the words of people.py
    people_tables.py  its tables for names, telephones and institutions
    spelling.py       the form in which spellings are compared
    fixed_phrases.py  phrases that stand in a mail as they stand in the rules
    later.py          a regular expression that is compiled when it is first used
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mailflow.rules.loading import Rules as Rules
    from mailflow.rules.loading import load_rules as load_rules


def __getattr__(name: str) -> Any:
    """Whoever needs one sort of rules does not load the others."""
    if name in ("Rules", "load_rules"):
        from mailflow.rules import loading

        return getattr(loading, name)
    raise AttributeError(name)
