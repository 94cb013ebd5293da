"""The commands, one module for each group; `mailflow.cli` puts them together.

    init.py      a working folder to edit
    schema.py    what editors need to complete and check the files in it
    check.py     everything read and tried, then both servers
    provider.py  whose word counts when a sender may be forged
    explain.py   what a mail would lead to
    run.py       the service
    status.py    how it is
    retry.py     mails that failed, once more
    service.py   its unit for systemd
    unit.py      the text of that unit
    lists.py     what is recorded
    phone.py     sign-ups and cancellations by phone
    demo.py      the service at work without an account
    trial.py     the pure path of one mail, for `explain` and `check`
    speech.py    click in German, and the options that every command understands

Rules: a command builds the parts, calls them and speaks. Data goes to stdout, words for people to stderr.
Nothing here is imported before it is needed: `mailflow --help` needs click alone.
"""
