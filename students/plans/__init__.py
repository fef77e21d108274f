"""招生计划: classes × size per school, year and grade; from its approval on the ledger has so many seats."""
