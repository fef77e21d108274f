"""Pairs of records that are one child, planted into a county: each kind of mistake that makes a second record."""

from datetime import date
from random import Random

from law import clock
from students import enrolments
from students.idnumber import check_character
from students.models import FamilyMember, Student, StudentNumber
from students.spelling import initials_of, pinyin_of

HOMOPHONES = str.maketrans(
    "宇轩瑞睿诚航俊杰天明哲家源伟建旭晨欣怡诗梓佳思梦可若静雯雅语悦美琳菱清春",
    "雨宣锐锐成行君洁添鸣折佳缘玮健序辰新宜师紫嘉丝孟科偌敬文亚羽月镁林凌青椿",
)


def swapped(day: date) -> date:
    return date(day.year, day.day, day.month)


def one_digit(day: date) -> date:
    """The last digit of the day wrong."""
    return day.replace(day=day.day + 1 if day.day % 10 < 8 and day.day < 28 else day.day - 1)


def slip(number: str, rng: Random) -> str:
    """One of the last digits of the running number typed wrong: the check character no longer fits."""
    place = rng.choice((14, 15))
    digit = str((int(number[place]) + rng.randrange(1, 10)) % 10)
    return number[:place] + digit + number[place + 1 :]


def other_name(child: Student, rng: Random) -> str:
    return child.name[:-1] + next(c for c in "桐峻昊芮琪" if c != child.name[-1])


def give_number(child: Student, number: str, *, until=None) -> None:
    row = enrolments.sealed_number(child, "id", number, date(2020, 9, 1))
    row.until = until
    row.save()


def second_record(child: Student, school, **changes) -> Student:
    """The same child entered again, at another school, without any number yet; the family comes along."""
    columns = {f.attname: getattr(child, f.attname) for f in Student._meta.concrete_fields if f.attname not in (
        "id", "slug", "school_id", "problem")}  # fmt: skip
    twin = Student(**columns | {"school_id": school} | changes)
    twin.name_pinyin, twin.name_initials = pinyin_of(twin.name), initials_of(twin.name)
    twin.save()
    for member in FamilyMember.objects.filter(student=child):
        member.pk, member.student = None, twin
        member.id_cipher = None
        member.save()
    return twin


def homophone(child, school, rng):
    return second_record(child, school, name=child.name[0] + child.name[1:].translate(HOMOPHONES))


def one_character(child, school, rng):
    return second_record(child, school, name=other_name(child, rng))


def month_and_day(child, school, rng):
    return second_record(child, school, birth_date=swapped(child.birth_date))


def digit_of_birth(child, school, rng):
    return second_record(child, school, birth_date=one_digit(child.birth_date))


def digit_of_number(child, school, rng):
    twin = second_record(child, school)
    give_number(twin, slip(child.id_number.plain(), rng))
    return twin


def former_number(child, school, rng):
    """Both held the same number once, neither holds it now; the name was changed."""
    twin, number = second_record(child, school, name=other_name(child, rng)), child.id_number.plain()
    body = number[:14] + f"{rng.randrange(100, 999)}"
    StudentNumber.objects.filter(student=child, kind="id", until=None).update(until=clock.today())
    give_number(child, body + check_character(body))
    give_number(twin, number, until=clock.today())
    return twin


def former_name(child, school, rng):
    return second_record(child, school, name=other_name(child, rng), former_name=child.name)


KINDS = (
    homophone, one_character, month_and_day, digit_of_birth, digit_of_number, former_number, former_name,
)  # fmt: skip


def fits(kind, child: Student) -> bool:
    if kind is month_and_day:
        return child.birth_date.day <= 12 and child.birth_date.day != child.birth_date.month
    if kind is homophone:
        changed = child.name[0] + child.name[1:].translate(HOMOPHONES)
        return changed != child.name and pinyin_of(changed) == pinyin_of(child.name)
    return True


def plant(count: int, seed: int = 7) -> dict[tuple[int, int], str]:
    """`count` pairs of every kind, each of a child of its own: pair → kind."""
    rng = Random(seed)
    pool = list(Student.objects.filter(status="enrolled", id_type="1", numbers__kind="id", numbers__until=None,
                                       name__regex="^...$").order_by("pk"))  # fmt: skip
    rng.shuffle(pool)
    schools = list(Student.objects.order_by().values_list("school", flat=True).distinct())
    planted: dict[tuple[int, int], str] = {}
    for kind in KINDS:
        chosen = [child for child in pool if fits(kind, child)][:count]
        assert len(chosen) == count, kind
        pool = [child for child in pool if child not in chosen]
        for child in chosen:
            twin = kind(child, rng.choice([s for s in schools if s != child.school_id]), rng)
            planted[child.pk, twin.pk] = kind.__name__
    return planted


__all__ = ["plant"]
