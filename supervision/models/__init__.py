from ..audits.case import AuditFinding, AuditSample, TermAudit
from ..complaints.case import Complaint
from ..complaints.look import ContactLook
from ..orders.case import Rectification
from ..registrars.case import RegistrarChange
from .export import ExportDecision, ExportFile, ExportMaking, ExportRequest, ExportTake
from .holiday import CalendarChange, HolidayDecision, HolidayNotice
from .ledger_report import LedgerReport
from .reminder import Reminder
from .score_sheet import ScoreSheet

__all__ = [
    "AuditFinding",
    "AuditSample",
    "CalendarChange",
    "Complaint",
    "ContactLook",
    "ExportDecision",
    "ExportFile",
    "ExportMaking",
    "ExportRequest",
    "ExportTake",
    "HolidayDecision",
    "HolidayNotice",
    "LedgerReport",
    "Rectification",
    "RegistrarChange",
    "Reminder",
    "ScoreSheet",
    "TermAudit",
]
