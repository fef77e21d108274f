"""The holiday notice as it is pasted: what three real ones say, day by day, and how a wrong copy is refused."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from law.holiday_notice import Unreadable, read_notice, year_said
from tests.law.notices import NOTICES, OF_2025, OF_2026, OF_2027


def reasons(text, year=2026):
    with pytest.raises(Unreadable) as refused:
        read_notice(text, year)
    return refused.value.reasons


@pytest.mark.parametrize("year", NOTICES)
def test_a_real_notice_says_of_every_day_what_the_announced_table_says(year):
    days = read_notice(NOTICES[year], year).days()
    assert len(days) == (date(year + 1, 1, 1) - date(year, 1, 1)).days
    assert {day for day, (worked, _) in days.items() if worked != chinese_calendar.is_workday(day)} == set()


def test_the_days_of_2026_by_hand():
    days = read_notice(OF_2026, 2026).days()
    assert days[date(2026, 1, 3)] == (False, "元旦")
    assert days[date(2026, 1, 4)] == (True, "元旦调休上班")
    assert days[date(2026, 2, 14)] == (True, "春节调休上班")
    assert days[date(2026, 9, 20)] == (True, "国庆节调休上班")
    assert days[date(2026, 3, 7)] == (False, "")
    assert sum(worked for worked, _ in days.values()) == 248


def test_one_item_may_be_two_holidays():
    days = read_notice(OF_2025, 2025).days()
    assert days[date(2025, 10, 8)] == (False, "国庆节、中秋节")


def test_signs_blanks_and_line_breaks_of_the_copy_do_not_matter():
    squeezed = "".join(OF_2026.split())
    spread = OF_2026.replace("月", " 月 ").replace("（", "(").replace("）", ")").replace("：", ":\n")
    assert read_notice(squeezed, 2026) == read_notice(spread, 2026) == read_notice(OF_2026, 2026)


def test_a_holiday_may_begin_in_the_year_before():
    text = OF_2027.replace("1月1日（周五）至3日（周日）放假，共3天", "2026年12月31日至2027年1月2日放假调休，共3天")
    days = read_notice(text, 2027).days()
    assert days[date(2026, 12, 31)] == (False, "元旦")
    assert days[date(2027, 1, 3)] == (False, "")


def test_the_year_is_read_from_the_preamble_and_must_be_the_chosen_one():
    assert year_said(OF_2026) == 2026
    assert year_said(OF_2025) is None
    assert reasons(OF_2026, 2027) == ["正文写的是2026年的安排，所选年份是2027年。请改选年份，或者粘贴2027年的通知。"]


@pytest.mark.parametrize(
    ("said", "wrong", "sentence"),
    [
        ("3日（周六）", "3日（周日）", "第1条“元旦”：1月3日写的是周日，日历上是周六。"),
        ("共9天", "共8天", "第2条“春节”：2月15日至2月23日是9天，文中写的是8天。"),
        ("5月9日（周六）上班", "5月8日上班", "第4条“劳动节”：5月8日本是工作日（周五），不会另行安排上班。"),
        ("5月9日（周六）上班", "5月2日上班", "5月2日既放假又上班。"),
        ("6月19日（周五）至21日", "6月31日至21日", "第5条“端午节”：没有6月31日这一天。"),
        ("6月19日（周五）至21日（周日）", "19日至21日", "第5条“端午节”：“19日”没有写月份。"),
        ("9月25日（周五）至27日（周日）", "9月25日（周五）至7日", "第6条“中秋节”：9月25日至9月7日不是一段假期"),
        ("1月4日（周日）上班", "1月4日（周日）另行通知", "第1条“元旦”：读不懂“1月4日(周日)另行通知”。"),
        (
            "放假调休，共7天。9月20日",
            "放假调休，共7天，9月20日",
            "第7条“国庆节”：读不懂“共7天,9月20日(周日)、10月10日(周六)上班”。",
        ),
        ("五、端午节：6月19日（周五）至21日（周日）放假，共3天。", "", "缺少“端午节”。"),
        ("六、中秋节", "六、端午节", "“端午节”写了两次。"),
        ("六、中秋节", "六、重阳节", "“重阳节”不是法定节假日的名称。"),
        ("10月1日（周四）至7日（周三）放假调休，共7天", "10月2日至7日放假", "“国庆节”不含10月1日。"),
        (
            "2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。",
            "",
            "第2条“春节”：没有写明放假日期。",
        ),
    ],
)
def test_a_wrong_copy_is_refused_with_its_item(said, wrong, sentence):
    assert said in OF_2026
    assert any(each.startswith(sentence) for each in reasons(OF_2026.replace(said, wrong)))


def test_everything_wrong_is_told_at_once():
    text = OF_2026.replace("共9天", "共8天").replace("3日（周六）", "3日（周日）")
    assert len(reasons(text)) == 2


@pytest.mark.parametrize("text", ["", "放假通知", "一、", "\0", "一、元旦：" * 3])
def test_no_notice_at_all(text):
    assert reasons(text)


def test_a_sentence_with_a_date_is_never_passed_over():
    for day in (date(2026, 3, 1) + timedelta(days=n) for n in range(3)):
        text = OF_2026.replace("放假，共3天。", f"放假，共3天。{day.month}月{day.day}日请注意。", 1)
        assert any("读不懂" in each for each in reasons(text))
