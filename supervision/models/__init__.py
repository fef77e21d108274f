from .export import ExportDecision, ExportFile, ExportMaking, ExportRequest, ExportTake
from .holiday import CalendarChange, HolidayDecision, HolidayNotice
from .ledger_report import LedgerReport
from .reminder import Reminder

__all__ = [
    "CalendarChange",
    "ExportDecision",
    "ExportFile",
    "ExportMaking",
    "ExportRequest",
    "ExportTake",
    "HolidayDecision",
    "HolidayNotice",
    "LedgerReport",
    "Reminder",
]
