"""Coverage-guided fuzzing of what reads mails; see fuzz_mail.py."""
