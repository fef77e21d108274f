"""法定期限的钟: what the declared deadlines find open, as rows that are opened, reminded, escalated and closed.

A deadline is declared in the `deadlines` module of its app (`law.deadline`); this is the one machine for all of them.
"""
