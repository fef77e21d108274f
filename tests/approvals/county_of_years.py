"""A small county that lives from July 2026 to October 2028, and when the law wants each thing of its life done.

Each line of the tables was written by hand from a wall calendar, counting with a pencil: none was computed by the code
it tests.
The holidays of 2027 and 2028 are no notice of the State Council (there is none yet); they are this story's own.
"""

from datetime import date, timedelta

from accounts.models import Appointment
from accounts.roles import Role
from approvals.filings import record_filing
from approvals.models import CeimsFiling, Countdown
from approvals.services import perform
from law import clock
from law.models import CalendarDay, Window
from schools.models import School
from students.campaigns import open_campaign
from students.models import Correction, Student
from supervision.ledger_reports import report_month, review_quarter
from suspensions.absence import write_marks
from suspensions.models import Death, Dropout, Extension, Suspension
from tests.approvals import supervised_years as more
from tests.approvals.lines import on
from tests.changes import again, decided, drafted
from tests.county import (
    child_maker,
    class_of,
    hand_for,
    make_school,
    originals_seen,
    papers_in_order,
    staff_member,
)
from tests.leavers import leaver_maker
from tests.students.intake import asked, entered, mapped
from tests.suspensions.dropout_specimens import visited
from transfers.services import start_transfer

FIRST, LAST = date(2026, 7, 1), date(2028, 10, 31)
END_OF_YEAR = date(2027, 8, 31)

# (first, last) of rest, and the week-end days that are worked for it.
HOLIDAYS = {
    2027: (
        [("01-01", "01-03"), ("02-05", "02-12"), ("04-03", "04-05"), ("05-01", "05-05"), ("06-09", "06-09")]
        + [("09-15", "09-15"), ("10-01", "10-07")],
        ["01-31", "02-20", "04-25", "05-08", "09-26", "10-09"],
    ),
    2028: (
        [("01-01", "01-03"), ("01-25", "01-31"), ("04-04", "04-04"), ("04-29", "05-03"), ("05-27", "05-29")]
        + [("10-01", "10-07")],
        ["01-23", "02-05", "04-23", "05-06", "09-30", "10-08"],
    ),
}


def announce(year: int) -> None:
    """The year's notice, day by day."""
    rests, worked = HOLIDAYS[year]
    named = [(date.fromisoformat(f"{year}-{a}"), date.fromisoformat(f"{year}-{b}")) for a, b in rests]
    extra = {date.fromisoformat(f"{year}-{day}") for day in worked}
    days, day = [], date(year, 1, 1)
    while day.year == year:
        rest = any(a <= day <= b for a, b in named)
        is_workday = day in extra or (not rest and day.weekday() < 5)
        days.append(CalendarDay(date=day, is_workday=is_workday, name="节假日" if rest else "", source="测试的通知"))
        day += timedelta(days=1)
    CalendarDay.objects.bulk_create(days, ignore_conflicts=True)


class County:
    """The people and children of the story; `called` gives each its name in the table."""

    def __init__(self, bureau):
        with clock.at(FIRST):
            self.no1 = make_school(bureau, 1, "第一小学")
            self.no2 = make_school(bureau, 2, "第二小学", division="211322103")
            self.junior = make_school(bureau, 7, "第一初中", School.Kind.JUNIOR, division="211322103")
        self.bureau, self.child_at, self.called = bureau, child_maker(), {}
        self.leaver_at = leaver_maker(self.child_at)

    def call(self, name: str, thing):
        self.called[name] = thing
        return thing

    def child(self, name: str, school=None, grade=3, **more) -> Student:
        return self.call(name, self.child_at(school or self.no1, grade=grade, name="样例" + name[-1:], **more))

    def by(self, role, place):
        return staff_member(role, place)

    def act(self, name: str, action: str, role, side: str, **given):
        case = self.called[name]
        self.called[name] = perform(case, action, by=hand_for(case, role, side), **given)

    # what happens

    def learns_of_death(self, name: str):
        today = clock.today()
        self.child(f"{name}-child")
        given = {"died_on": today, "learned_on": today, "proved_on": today}
        self.call(name, drafted(Death, self.called[f"{name}-child"], **given))

    def cancels(self, name: str):
        decided(self.called[name])

    def suspends(self, name: str, until: date):
        given = {"ground_note": "肺炎", "starts_on": clock.today(), "until": until}
        decided(drafted(Suspension, self.child(name), **given))

    def prolongs(self, name: str, until: date):
        decided(drafted(Extension, again(self.called[name]), until=until, reason_note="仍在治疗"))

    def stays_away(self, name: str):
        child = self.child(name)
        by = self.by(Role.REGISTRAR, self.no1)
        write_marks([(child.pk, class_of(self.no1, 3).pk, "truant")], clock.today(), by)

    def comes_back(self, name: str):
        by = self.by(Role.REGISTRAR, self.no1)
        write_marks([(self.called[name].pk, class_of(self.no1, 3).pk, "present")], clock.today(), by)

    def drops_out(self, name: str):
        child = self.child(f"{name}-child", household_division="150429101")
        first = clock.today() - timedelta(days=60)
        given = {"first_absent_on": first, "evidence": "村委会证明", "reported_on": clock.today()}
        told = {"township_receiver": "王文书", "township_receipt": "叶政收"}
        self.call(name, decided(drafted(Dropout, visited(child), **given, **told)))

    def leaves_primary_school(self, name: str):
        self.call(name, self.leaver_at(self.no1, name="样例" + name[-1:]))

    def enters(self, name: str, birth: date, sequence: int):
        place = mapped(self.no1)
        case = entered(self.no1, asked(name="新苗" + name[-1:], birth=birth, sequence=sequence), place)
        self.call(name, Student.objects.get(registration_entry__registration=case))

    def asks_to_move(self, name: str):
        by = self.by(Role.REGISTRAR, self.no2)
        child = self.child(f"{name}-child")
        case = start_transfer(child, self.no2, by=by, ground="T4", grade=3, to_class=class_of(self.no2, 3))
        papers_in_order(case, by)
        self.call(name, perform(case, "submit", by=by))

    def passes_review(self, name: str):
        originals_seen(self.called[name], self.by(Role.BUREAU_CLERK, self.bureau))
        self.act(name, "review", Role.BUREAU_CLERK, "bureau")
        self.act(name, "pass_review", Role.BUREAU_CHECKER, "bureau")

    def two_sign(self, name: str, first, second):
        for action, role, side in (first, second):
            self.act(name, action, role, side)

    def asks_for_correction(self, name: str):
        child = self.child(f"{name}-child", self.junior, grade=9)
        self.call(name, drafted(Correction, child, reason_note="户口簿已更名", changes={"name": "张叁"}))

    def files(self, name: str, confirmed: bool = False):
        """What was decided about the child is done in the national system, or its answer has come."""
        filing = CeimsFiling.objects.filter(case__subjects__child=self.called[name]).earliest("pk")
        at_bureau, today = filing.right == "bureau_make", clock.today()
        by = self.by(Role.BUREAU_CLERK, self.bureau) if at_bureau else self.by(Role.REGISTRAR, filing.school)
        answer = {"confirmed_on": today, "result": "通过"} if confirmed else {}
        record_filing(filing, by=by, filed_on=filing.filed_on or today, **answer)

    def has_no_card(self, name: str):
        child = self.child(name, self.junior, grade=9)
        Student.objects.filter(pk=child.pk).update(id_type="Z")

    def hands_in(self, name: str):
        """A suspension that lies on the desk of the school's second hand from this day on."""
        given = {"ground_note": "骨折", "starts_on": clock.today(), "until": date(2027, 9, 12)}
        case = drafted(Suspension, self.child(f"{name}-child"), **given)
        self.call(name, perform(case, "submit", by=self.by(Role.REGISTRAR, self.no1)))

    def reports_month(self, end: date):
        report_month(self.no1, end, by=self.by(Role.REGISTRAR, self.no1))

    def reviews_quarter(self, end: date):
        review_quarter(self.bureau, end, by=self.by(Role.BUREAU_CLERK, self.bureau))

    def opens_campaign(self, due: date):
        open_campaign(self.bureau, due, by=self.by(Role.BUREAU_CLERK, self.bureau))


MAKER, HEAD = Role.REGISTRAR, Role.HEADMASTER
CLERK, CHECKER = Role.BUREAU_CLERK, Role.BUREAU_CHECKER
FREEZE = {"starts": date(2027, 4, 15), "ends": date(2027, 7, 20)}

# What happens, by day; the check of the night has been before it.
LIFE = [
    on("2026-07-06", "learns_of_death", "death-1"),
    on("2026-07-15", "cancels", "death-1"),
    on("2026-08-28", "enters", "newcomer-1", date(2020, 3, 5), 401),
    on("2026-09-01", "leaves_primary_school", "leaver-1"),
    on("2026-09-15", "suspends", "suspended-1", date(2027, 9, 14)),
    on("2026-09-18", "asks_to_move", "move-1"),
    on("2026-09-18", "files", "suspended-1"),
    on("2026-09-21", "has_no_card", "cardless-1"),
    on("2026-09-24", "act", "move-1", "vouch", HEAD, "lead"),
    on("2026-09-30", "passes_review", "move-1"),
    on("2026-10-09", "reports_month", date(2026, 9, 30)),
    on("2026-10-12", "reviews_quarter", date(2026, 9, 30)),
    on("2026-10-12", "files", "suspended-1", confirmed=True),
    on("2026-10-12", "two_sign", "move-1", ("apply", MAKER, "lead"), ("accept_child", HEAD, "lead")),
    on("2026-10-20", "two_sign", "move-1", ("propose_entry", CLERK, "bureau"), ("approve_entry", CHECKER, "bureau")),
    on("2026-10-28", "two_sign", "move-1", ("propose_release", MAKER, "peer"), ("release", HEAD, "peer")),
    on("2026-11-02", "act", "move-1", "complete", CHECKER, "bureau"),
    on("2026-11-02", "stays_away", "truant-1"),
    on("2026-11-20", "comes_back", "truant-1"),
    on("2026-11-25", "act", "move-1", "report", MAKER, "lead", arrived_at_school_on=date(2026, 11, 23)),
    on("2026-12-10", "drops_out", "dropout-1"),
    on("2026-12-18", "learns_of_death", "death-2"),
    on("2027-01-11", "stays_away", "truant-2"),
    on("2027-01-28", "learns_of_death", "death-3"),
    on("2027-03-05", "opens_campaign", date(2027, 4, 2)),
    on("2027-03-20", "asks_for_correction", "correction-1"),
    on("2027-04-26", "hands_in", "waiting-1"),
    # --- after the school year ---
    on("2027-09-01", "leaves_primary_school", "leaver-2"),
    on("2027-09-01", "enters", "newcomer-2", date(2021, 3, 5), 402),
    on("2027-09-08", "prolongs", "suspended-1", date(2028, 9, 13)),
    on("2027-09-24", "asks_to_move", "move-2"),
    on("2028-01-20", "learns_of_death", "death-4"),
    on("2028-09-01", "leaves_primary_school", "leaver-3"),
    on("2028-09-04", "enters", "newcomer-3", date(2022, 3, 5), 403),
    *more.LIFE,
]

# rule, subject, first day, last day, done on (None: still open; ... : not told here), known from when not the first day
DUE = [
    # 10 working days after Monday 6 July 2026: 7 8 9 10, 13–17, 20
    ("death.cancelled", "death-1", "2026-07-06", "2026-07-20", "2026-07-15"),
    # one month after 1 September ends on National Day
    ("registration.month", "newcomer-1", "2026-09-01", "2026-10-08", "2026-09-24"),
    ("leavers.taken_over", "leaver-1", "2026-09-01", "2026-09-21", None),
    ("leavers.reconciled", "no1", "2026-09-01", "2026-09-30", None),
    ("suspension.expires", "suspended-1", "2026-09-15", "2027-09-14", "2027-09-08"),
    # §4.1: over Mid-Autumn and National Day, 20 September and 10 October worked
    ("transfer.prereview_school", "move-1", "2026-09-18", "2026-10-09", "2026-09-24"),
    ("transfer.prereview_bureau", "move-1", "2026-09-24", "2026-10-15", "2026-09-30"),
    ("transfer.to_school", "move-1", "2026-09-30", "2026-10-20", "2026-10-12"),
    # 13–16, 19–23, 26 October
    ("transfer.to_bureau", "move-1", "2026-10-12", "2026-10-26", "2026-10-20"),
    # 21–23, 26–30 October, 2 3 November
    ("transfer.from_school", "move-1", "2026-10-20", "2026-11-03", "2026-10-28"),
    # 29 30 October, 2–6, 9–11 November
    ("transfer.from_bureau", "move-1", "2026-10-28", "2026-11-11", "2026-11-02"),
    ("transfer.arrival", "move-1", "2026-11-02", "2026-11-12", "2026-11-23"),
    # 2 to 29 November are 28 days without a holiday
    ("dropout.four_weeks", "truant-1", "2026-11-02", "2026-11-29", "2026-11-20"),
    ("dropout.migrant_file", "dropout-1", "2026-12-10", "2027-01-20", None),
    # 21–25, 28–31 December, Monday 4 January
    ("death.cancelled", "death-2", "2026-12-18", "2027-01-04", None),
    # 11 to 20 January are 10, then 1 to 18 March
    ("dropout.four_weeks", "truant-2", "2027-01-11", "2027-03-18", None),
    # 29 January, Sunday 31 worked, 1–4 February, holiday to 12, 15–18
    ("death.cancelled", "death-3", "2027-01-28", "2027-02-18", None),
    ("campaign.term", "no1", "2027-03-05", "2027-04-02", None),
    ("campaign.term", "no2", "2027-03-05", "2027-04-02", None),
    ("campaign.term", "junior", "2027-03-05", "2027-04-02", None),
    # the freeze begins on 15 April
    ("exam.before_freeze", "correction-1", "2027-03-20", "2027-04-14", ...),
    ("year.graduation", "junior", "2027-06-01", "2027-07-30", None),
    ("year.promotion", "no1", "2027-09-01", "2027-09-10", None),
    ("year.promotion", "no2", "2027-09-01", "2027-09-10", None),
    ("leavers.taken_over", "leaver-2", "2027-09-01", "2027-09-21", None),
    ("leavers.reconciled", "no1", "2027-09-01", "2027-09-30", None),
    # 1 October 2027 is a holiday to 7, Friday 8 is worked
    ("registration.month", "newcomer-2", "2027-09-01", "2027-10-08", None),
    # known from the day of the extension on
    ("suspension.final", "suspended-1", "2026-09-15", "2028-09-13", ..., "2027-09-08"),
    # Sunday 26 September worked, 27–30, holiday to 7, 8 and Saturday 9 October, 11–13
    ("transfer.prereview_school", "move-2", "2027-09-24", "2027-10-13", None),
    # 21, Sunday 23 worked, 24 January, holiday to 31, 1–4, Saturday 5 worked, 7 8 February
    ("death.cancelled", "death-4", "2028-01-20", "2028-02-08", None),
    ("leavers.taken_over", "leaver-3", "2028-09-01", "2028-09-21", None),
    ("leavers.reconciled", "no1", "2028-09-01", "2028-09-30", None),
    # 1 October 2028 is a holiday to 7, Sunday 8 is worked
    ("registration.month", "newcomer-3", "2028-09-01", "2028-10-08", None),
    # --- archives: of whoever began at a school since the first case and sits in class; nobody opens one ---
    *[
        ("archive.opened", name, "2026-09-01", "2026-10-08", None)
        for name in ("truant-1", "death-2-child", "truant-2", "death-3-child", "cardless-1", "move-3-child")
    ],
    *[
        ("archive.opened", name, "2026-09-01", "2026-10-08", None, known)
        for name, known in (("correction-1-child", "2027-03-20"), ("waiting-1-child", "2027-04-26"))
    ],
    ("archive.opened", "move-1-child", "2026-09-01", "2026-10-08", "2026-11-03"),
    ("archive.opened", "move-1-child", "2026-11-02", "2026-12-02", None),
    ("archive.opened", "move-2-child", "2027-09-01", "2027-10-08", None),
    ("archive.opened", "death-4-child", "2027-09-01", "2027-10-08", None),
    # --- what was decided is entered in the national system ---
    # 16 17, 20–22 July
    ("ceims.entered", "filing of death-1", "2026-07-15", "2026-07-22", None),
    # 16–18, Sunday 20 worked, 21 September
    ("ceims.entered", "filing of suspended-1", "2026-09-15", "2026-09-21", "2026-09-18"),
    # as the pre-review of the same day
    ("ceims.confirmed", "filing of suspended-1", "2026-09-18", "2026-10-09", "2026-10-12"),
    # 13–16, 19; 21–23, 26 27; 29 30, 2–4; 3–6, 9
    ("ceims.entered", "filing of move-1", "2026-10-12", "2026-10-19", None),
    ("ceims.entered", "filing of move-1", "2026-10-20", "2026-10-27", None),
    ("ceims.entered", "filing of move-1", "2026-10-28", "2026-11-04", None),
    ("ceims.entered", "filing of move-1", "2026-11-02", "2026-11-09", None),
    # 11, 14–17 December
    ("ceims.entered", "filing of dropout-1", "2026-12-10", "2026-12-17", None),
    # 9 10, 13 14, the 15th is a holiday, 16 September
    ("ceims.entered", "filing of suspended-1", "2027-09-08", "2027-09-16", None),
    # --- desks, cards, offices, the calendar itself ---
    # 27–30 April, holiday to 5 May, 6 7, Saturday 8 worked, 10–12
    ("case.school_desk", "waiting-1", "2027-04-26", "2027-05-12", None),
    ("exam.id_card", "cardless-1", "2026-09-01", "2027-02-28", ...),
    # three years after the training of 20 August 2024
    *[
        ("office.training", f"registrar of {school}", "2024-08-20", "2027-08-20", done)
        for school, done in (("no1", None), ("no2", None), ("junior", "2027-05-11"))
    ],
    ("calendar.announced", "bureau", "2026-11-01", "2026-12-10", "2026-11-20"),
    ("calendar.announced", "bureau", "2027-11-01", "2027-12-10", "2027-11-19"),
]
# The last days of months with lessons, and ten days later.
MONTHS = [
    ("2026-07-31", "2026-08-10"),
    ("2026-09-30", "2026-10-10"),  # a Saturday that is worked
    ("2026-10-31", "2026-11-10"),
    ("2026-11-30", "2026-12-10"),
    ("2026-12-31", "2027-01-11"),  # from Sunday
    ("2027-01-31", "2027-02-15"),  # from the holiday, which a week-end follows
    ("2027-03-31", "2027-04-12"),  # from Saturday
    ("2027-04-30", "2027-05-10"),
    ("2027-05-31", "2027-06-10"),
    ("2027-06-30", "2027-07-12"),  # from Saturday
    ("2027-07-31", "2027-08-10"),
    ("2027-09-30", "2027-10-11"),  # from Sunday
    ("2027-10-31", "2027-11-10"),
    ("2027-11-30", "2027-12-10"),
    ("2027-12-31", "2028-01-10"),
    ("2028-01-31", "2028-02-10"),
    ("2028-03-31", "2028-04-10"),
    ("2028-04-30", "2028-05-10"),
    ("2028-05-31", "2028-06-12"),  # from Saturday
    ("2028-06-30", "2028-07-10"),
    ("2028-07-31", "2028-08-10"),
    ("2028-09-30", "2028-10-10"),
]
REPORTED = {("no1", "2026-09-30"): "2026-10-09"}
DUE += [
    ("dropout.month_report", school, end, due, REPORTED.get((school, end)))
    for school in ("no1", "no2", "junior")
    for end, due in MONTHS
]
QUARTERS = ("09-30", "12-31", "03-31", "06-30")
DUE += [
    ("dropout.quarter_review", "bureau", end, due, "2026-10-12" if end == "2026-09-30" else None)
    for end, due in MONTHS
    if end[5:] in QUARTERS
]
DUE += more.DUE
# What the same table says while nobody has announced 2027 and 2028: Monday to Friday, 暂估.
GUESSED = {
    # 21–25, 28–31 December, Friday 1 January
    ("death.cancelled", "death-2"): "2027-01-01",
    # 29 January, 1–5, 8–11 February
    ("death.cancelled", "death-3"): "2027-02-11",
    # 27 September – 1 October, 4–8 October
    ("transfer.prereview_school", "move-2"): "2027-10-08",
    # 1 October 2027 is a Friday
    ("registration.month", "newcomer-2"): "2027-10-01",
    # 21, 24–28, 31 January, 1–3 February
    ("death.cancelled", "death-4"): "2028-02-03",
    # 1 October 2028 is a Sunday
    ("registration.month", "newcomer-3"): "2028-10-02",
    # 1 October 2027 is a Friday
    ("archive.opened", "move-2-child"): "2027-10-01",
    ("archive.opened", "death-4-child"): "2027-10-01",
    # 9 10, 13–15 September
    ("ceims.entered", "filing of suspended-1", "2027-09-08"): "2027-09-15",
    # 27–30 April, 3–7, 10 May
    ("case.school_desk", "waiting-1"): "2027-05-10",
    # 10 February is a Wednesday
    **{("dropout.month_report", school, "2027-01-31"): "2027-02-10" for school in ("no1", "no2", "junior")},
    **more.GUESSED,
}
# Nobody ever announced them: the first is past when its year is over, the second still waits.
NEVER_DONE = {("calendar.announced", "2026-11-01"): "2028-01-01", ("calendar.announced", "2027-11-01"): None}
# The law, a date of the school's or the bureau's own, or the published terms fix these days: no holiday moves them.
FIXED = {
    *("leavers.reconciled", "suspension.expires", "suspension.final", "dropout.migrant_file", "campaign.term"),
    *("exam.before_freeze", "exam.id_card", "year.graduation", "year.promotion", "calendar.announced"),
    *more.FIXED,
}
RULES = {row[0] for row in DUE}
# Nobody announces 2029 in this story.
NEVER_SURE = "2029"


def table(last: date, guessed: bool = False) -> dict[tuple, tuple]:
    """(rule, subject, start) → (last day, whether that is sure, done on) of everything that began by a day."""
    made = {}
    for rule, name, start, due, done, *known in DUE:
        if max([start, *known]) > f"{last}":
            continue
        if guessed:
            due = GUESSED.get((rule, name, start), GUESSED.get((rule, name), due))
            done = NEVER_DONE.get((rule, start), done)
        sure = rule in FIXED or due < ("2027" if guessed else NEVER_SURE)
        made[rule, name, start] = (due, sure, done if done in (None, ...) or done < f"{last}" else None)
    return made


ABOUT = {Student: "child", Appointment: "appointment"}


def found(county: County, wanted: dict) -> dict[tuple, tuple]:
    """All rows of the clock in the same words; a day of which the table says `...` is not compared."""
    names = {}
    for name, thing in county.called.items():
        names[ABOUT.get(type(thing), "case"), thing.pk] = name
    for name in ("no1", "no2", "junior", "bureau"):
        names["bureau" if name == "bureau" else "school", getattr(county, name).pk] = name
    for filing in CeimsFiling.objects.prefetch_related("case__subjects"):
        subject = filing.case.subjects.first()
        called = names.get(("case", filing.case_id)) or names["child", subject.child_id]
        names["filing", filing.pk] = f"filing of {called}"
    for office in Appointment.objects.filter(role=Role.REGISTRAR):
        names.setdefault(("appointment", office.pk), f"registrar of {names['school', office.school_id]}")
    rows = {}
    for row in Countdown.objects.all():
        key = (row.deadline, names.get((row.about, row.subject), f"?{row.about}{row.subject}"), f"{row.starts_on}")
        told = wanted.get(key, (None,))[-1] is ...
        said = (f"{row.due_on}", row.confirmed, ... if told else row.closed_on and f"{row.closed_on}")
        # A second row of one thing would stand in no table.
        rows[key] = (*rows[key], *said) if key in rows else said
    return rows


def lived(county: County, last: date, nights, check, announced: dict[date, int]) -> None:
    """Live from the first day to the last; `check` on each of the nights, and the notices when they come."""
    Window.objects.create(kind=Window.Kind.EXAM_FREEZE, document="县教育局通知", **FREEZE)
    day = FIRST
    while day <= last:
        with clock.at(day):
            if day in announced:
                announce(announced[day])
            if nights(day):
                check(day)
            for when, happens in LIFE:
                if when == day:
                    happens(county)
        day += timedelta(days=1)
