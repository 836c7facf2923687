"""What outlives a call: outcomes of cards, which cards were sent, and which tokens were used.

SQLite in the data folder, or PostgreSQL by URL. No name and no id of a patient is kept: a patient
is a keyed pseudonym. A store that is down silences no card.
"""
