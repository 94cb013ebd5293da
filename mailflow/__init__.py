"""Mailflow reads an event's registration mailbox, understands what people write, records it and answers.

    mailflow/
      cli.py           commands, help, exit codes                              [connects and speaks]
        __main__.py, commands/, demo/
      service.py       the loop, and the route of a round on one screen               [drives I/O]
        desk.py, dispatch.py, housekeeping.py, log.py, notify.py, pauses.py, quarantine.py,
        reloading.py, status.py
      inbox.py         IMAP door (imap-tools)                                                [I/O]
        fetching.py, folders.py, giants.py, idle.py, structure.py, tls.py, wire.py
      letter.py        raw bytes → Letter                                                     pure
        addresses.py, body.py, charsets.py, headers.py, html_text.py, parts.py
      understand/      Letter + rules → Reading                                               pure
        vocabulary/      a language's words, found in any form people write
      decide.py        Reading + what we know + now → Plan                                    pure
        case.py, limits.py, roster.py, ruling.py, telephone.py, topic.py, undelivered.py
      compose.py       Plan + templates → the answer                                          pure
        alarm.py, calendar_file.py, markup.py, mime.py
      store/           TinyDB: registrations, ideas, attention, journal, waiting answers     [I/O]
      outbox.py        SMTP door (yagmail)                                                   [I/O]
        submission.py
      rules/           rules/*.toml → checked, compiled Rules                        [reads files]
      templates.py     templates/* → compiled, each tried once with sample values    [reads files]
        template_check.py, template_values.py, dates.py
      config.py        config.toml + environment + credentials → Config              [reads files]
        settings.py, defaults.py, key.py
      explain.py       a Reading and a Plan told, as JSON and in German                       pure
        accord.py, cases.py, lists.py, page.py, words.py
      model/           the frozen records handed from room to room
      marks.py         the keyed mark in our Message-IDs
      source.py        a TOML file with the line of each key
      complaints.py    how a wrong key or value is told
      errors.py        one family: sentence, exit code, worth trying again?

A mail's way: inbox, letter, understand, decide, compose, store, outbox, inbox; `service` knows it.
"""

__version__ = "0.1.0"
