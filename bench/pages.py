"""List, search and child page at 60,000 children, each against the least that any page must do, in the same run.

The limit: psycopg fetches the same rows by SQL written by hand, and the page's own template is rendered with the data
the page had. Ours: the whole request through every middleware: session, rights, filters, ORM, template.
Run: bin/bench pages
"""

import os
import sys
from unittest import mock

from clone import scratch_database
from measuring import compare, conclude

CHILDREN, SCHOOLS = 60_000, 150
ALLOWED = 4.0
TIMES, WARM_UP = 60, 8

PAGE_OF = """
SELECT s.*, c.code, c.name, c.short_name FROM students_student s JOIN schools_school c ON c.id = s.school_id
WHERE {where} AND s.status = ANY(%(on_roll)s) ORDER BY s.name_pinyin, s.id LIMIT 51"""
COUNT_OF = "SELECT count(*) FROM students_student s WHERE {where} AND s.status = ANY(%(on_roll)s)"
NUMBERS = "SELECT * FROM students_studentnumber WHERE student_id = ANY(%(ids)s)"
PLACES = """
SELECT e.student_id, p.*, k.* FROM students_placement p JOIN students_enrolment e ON e.id = p.enrolment_id
JOIN schools_schoolclass k ON k.id = p.school_class_id
WHERE e.student_id = ANY(%(ids)s) AND p.ends IS NULL AND NOT e.voided"""
OPEN_CASES = """
SELECT b.child_id, a.* FROM approvals_casesubject b JOIN approvals_case a ON a.id = b.case_id
WHERE b.child_id = ANY(%(ids)s) AND b.blocking"""

IN_SIGHT = "s.school_id = ANY(%(schools)s)"
BY_NAME = f"{IN_SIGHT} AND string_to_array(s.name, NULL) @> %(characters)s AND s.name LIKE %(like)s"
BY_PINYIN = f"{IN_SIGHT} AND (s.name_initials LIKE %(prefix)s OR s.name_pinyin LIKE %(prefix)s)"
BY_NUMBER = f"""{IN_SIGHT} AND s.id IN
(SELECT n.student_id FROM students_studentnumber n WHERE n.index = ANY(%(indexes)s))"""

# What a child's page shows, one statement per table.
ABOUT_ONE = (
    "SELECT s.*, c.*, b.* FROM students_student s JOIN schools_school c ON c.id = s.school_id"
    " JOIN schools_bureau b ON b.id = c.bureau_id WHERE s.slug = %(slug)s",
    "SELECT * FROM students_studentnumber WHERE student_id = %(id)s",
    "SELECT * FROM students_familymember WHERE student_id = %(id)s",
    "SELECT e.*, c.* FROM students_enrolment e JOIN schools_school c ON c.id = e.school_id WHERE e.student_id = %(id)s",
    "SELECT p.*, k.*, c.* FROM students_placement p JOIN students_enrolment e ON e.id = p.enrolment_id"
    " JOIN schools_schoolclass k ON k.id = p.school_class_id JOIN schools_school c ON c.id = k.school_id"
    " WHERE e.student_id = %(id)s",
    "SELECT a.* FROM approvals_case a JOIN approvals_casesubject b ON b.case_id = a.id WHERE b.child_id = %(id)s",
)


class Visitor:
    """One account with a browser of its own, and the bare connection that stands for the limit."""

    def __init__(self, username: str, bare):
        from django.test import Client

        from accounts.models import User
        from accounts.policies import school_ids_where

        self.bare = bare
        self.user = User.objects.get(username=username)
        self.client = Client(headers={"host": "127.0.0.1"})
        self.client.force_login(self.user)
        self.schools = list(school_ids_where(self.user, "view_school"))

    def open(self, address: str, **query):
        response = self.client.get(address, query)
        assert response.status_code == 200, (address, response.status_code)
        return response

    def drawn(self, module: str, address: str, **query):
        """What the view gave to its template, as a call that renders it again with no question to the database."""
        with mock.patch(f"{module}.render") as render:
            render.side_effect = lambda request, template, context: (
                seen.append((request, template, context)) or _draw(request, template, context)
            )
            seen: list = []
            self.open(address, **query)
        ((request, template, context),) = seen
        for field in getattr(context.get("filter"), "fields", {}).values():
            if hasattr(field, "queryset"):
                field.choices = list(field.choices)
        return lambda: _draw(request, template, context), context

    def compare_list(self, name: str, where: str = IN_SIGHT, q: str = "", **given):
        """Our list with these words against the same rows fetched by hand and drawn."""
        from students.filters import ON_ROLL

        query = {"q": q} if q else {}
        draw, context = self.drawn("students.views.lists", "/students/", **query)
        params = {"schools": self.schools, "on_roll": list(ON_ROLL), **given}
        page, count = PAGE_OF.format(where=where), COUNT_OF.format(where=where)

        def limit():
            ids = [row[0] for row in self.bare.execute(page, params).fetchall()[:50]]
            (found,) = self.bare.execute(count, params).fetchone()
            for statement in (NUMBERS, PLACES, OPEN_CASES):
                self.bare.execute(statement, {"ids": ids}).fetchall()
            draw()
            return ids, found

        assert limit() == ([child.pk for child in context["children"]], context["count"]), name
        assert context["children"], name
        return measured(f"{name}（{context['count']}人）", lambda: self.open("/students/", **query), limit)

    def compare_child(self, name: str, child):
        address = child.get_absolute_url()
        draw, _ = self.drawn("students.views.child", address)
        params = {"slug": child.slug, "id": child.pk}

        def limit():
            for statement in ABOUT_ONE:
                self.bare.execute(statement, params).fetchall()
            draw()

        return measured(name, lambda: self.open(address), limit)


def _draw(request, template: str, context: dict):
    from django.shortcuts import render

    return render(request, template, context)


def measured(name: str, ours, limit):
    return compare(name, ours, limit, allowed=ALLOWED, times=TIMES, warm_up=WARM_UP)


def make_county(owner_url: str) -> None:
    """60,000 children in 150 schools, with fresh statistics as the server's own housekeeping would have them."""
    import psycopg

    from reports.seeding.county import seed_size

    seed_size(CHILDREN, SCHOOLS)
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")


def indexes_of(number: str) -> list[bytes]:
    from jianping_xueji import vault

    return [vault.index(number, kind) for kind in ("id", "registry")]


def measure(bare) -> list:
    from students.models import Student

    school, bureau = Visitor("s1_registrar", bare), Visitor("jyj_clerk1", bare)
    child = Student.objects.filter(school=school.schools[0], status="enrolled").order_by("pk")[7]
    part, initials, number = child.name[-2:], child.name_initials, child.id_number.plain()
    by_name = {"characters": list(part), "like": f"%{part}%"}
    by_number = {"indexes": indexes_of(number)}
    return [
        school.compare_list("学生列表·学校"),
        bureau.compare_list("学生列表·教育局"),
        school.compare_list("按姓名两字查找·学校", BY_NAME, part, **by_name),
        bureau.compare_list("按姓名两字查找·教育局", BY_NAME, part, **by_name),
        bureau.compare_list("按拼音首字母查找·教育局", BY_PINYIN, initials, prefix=f"{initials}%"),
        bureau.compare_list("按身份证件号查找·教育局", BY_NUMBER, number, **by_number),
        school.compare_list("按身份证件号查找·学校", BY_NUMBER, number, **by_number),
        school.compare_child("打开学生页·学校", child),
        bureau.compare_child("打开学生页·教育局", child),
    ]


def main() -> int:
    # The source folder of styles and icons serves; collecting it is not what is measured.
    os.environ["COLLECTED_STATIC"] = "0"
    with scratch_database() as owner_url:
        import psycopg
        from django.conf import settings

        make_county(owner_url)
        with psycopg.connect(settings.DATABASE_URL, autocommit=True) as bare:
            return conclude("pages", measure(bare), children=CHILDREN, schools=SCHOOLS)


if __name__ == "__main__":
    sys.exit(main())
