"""A language's words as the organiser's rules name them, found again in what people write.

files.py          the rule files' form
folding.py        spellings made equal
sentences.py      sentences and clauses
days.py           which day is meant
lexicon.py        words in any form
slips.py          words with slips of the finger
meaning_rules.py  a rule's phrases, and what silences it
phrases.py        which rules speak in a sentence

Knows grammar (clauses, gaps, forms), no word of any language.
"""
