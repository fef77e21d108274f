from .holiday import CalendarChange, HolidayDecision, HolidayNotice

__all__ = ["CalendarChange", "HolidayDecision", "HolidayNotice"]
