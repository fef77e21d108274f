from .holiday import CalendarChange, HolidayDecision, HolidayNotice
from .ledger_report import LedgerReport
from .reminder import Reminder

__all__ = ["CalendarChange", "HolidayDecision", "HolidayNotice", "LedgerReport", "Reminder"]
