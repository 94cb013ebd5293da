"""Mailflow reads an event's registration mailbox, understands what people write, records it and answers.

    mailflow/
      cli.py           commands, help, exit codes                              [connects and speaks]
        __main__.py, commands/, demo/
      service/         the loop, and the route of a round on one screen               [drives I/O]
        log.py, notify.py, status.py    what journald, systemd and monitors are told
      desk.py          the way of one mail, from its bytes to its plan and its answer         pure
      inbox/           IMAP door (imap-tools)                                                [I/O]
      letter/          raw bytes → Letter                                                     pure
      understand/      Letter + rules → Reading                                               pure
        vocabulary/      a language's words, found in any form people write
      decide/          Reading + what we know + now → Plan                                    pure
      compose/         Plan + templates → the answer                                          pure
      store/           TinyDB: registrations, ideas, attention, journal, waiting answers     [I/O]
      outbox/          SMTP door (yagmail)                                                   [I/O]
        tls.py, wire.py  of both doors: certificates, and the wire shown without secrets
      rules/           rules/*.toml → checked, compiled Rules                        [reads files]
      templates/       templates/* → compiled, each tried once with sample values    [reads files]
        accord.py        do rules and templates go together?
      config.py        config.toml + environment + credentials → Config              [reads files]
        environment.py, settings.py, defaults.py, key.py
      explain/         a Reading and a Plan told, as JSON and in German                       pure
      model/           the frozen records handed from room to room
      marks.py         the keyed mark in our Message-IDs
      source.py        a TOML file with the line of each key
      complaints.py    how a wrong key or value is told
      errors.py        one family: sentence, exit code, worth trying again?

A mail's way: inbox, letter, understand, decide, compose, store, outbox, inbox; `service` knows it.
"""

__version__ = "0.1.0"
