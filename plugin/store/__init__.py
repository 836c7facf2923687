"""What outlives a call or a run: outcomes of cards, which cards were sent, which tokens were used,
and the worklist of screening.

SQLite in the data folder, or PostgreSQL by URL. Of calls no name and no id of a patient is kept: a
patient is a keyed pseudonym. The worklist has references, for somebody has to go there. A store
that is down silences no card.
"""
