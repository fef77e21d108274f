from .holiday import CalendarChange, HolidayDecision, HolidayNotice
from .reminder import Reminder

__all__ = ["CalendarChange", "HolidayDecision", "HolidayNotice", "Reminder"]
