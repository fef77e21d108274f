from .ledger_report import LedgerReport

__all__ = ["LedgerReport"]
