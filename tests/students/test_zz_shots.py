from datetime import date
import pytest, os
from accounts.roles import Role
from accounts.models import User
from students.models import FamilyMember
from tests.county import walk, class_of
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]="true"

PAGES = {}

@pytest.mark.django_db(transaction=True)
def test_shots(live_server, settings, staff, no1, no2, no3, bureau, child_at, transfer, client):
    settings.LEGAL_DATE = date(2026, 9, 15)
    walk(transfer, until="apply")
    names = "王小明 李芳 曾子涵 赵一鸣 孙悦 周雨桐 吴昊然 郑佳怡 冯宇轩 陈思琪 阿拉坦·乌恩 欧阳若曦".split()
    for n in range(49):
        child_at(no1, name=names[n % 12] + ("" if n < 12 else "一二三四五六"[n % 6]), grade=3, sex="12"[n % 2])
    for n in range(30):
        child_at(no1, name=names[n % 12], grade=1 + n % 6)
    kid = child_at(no1, name="曾小禾", grade=4, ethnicity="01", phone="13800000000", left_behind="1", home_address="辽宁省朝阳市建平县某镇某村3组", household_division="211322101000", household_kind="1", health="10", nationality="156", birth_division="211322000000", native_place="辽宁建平", only_child=False, entered_month="202309", entry_mode="10", lodging="1", school_distance=2.5)
    FamilyMember.objects.create(student=kid, position_in_form=1, name="曾大禾", relation="51", id_tail="0019", phone="13800000001", is_guardian=True, home_address="同上")
    FamilyMember.objects.create(student=kid, position_in_form=2, name="李小花", relation="52", id_tail="0028", phone="13800000002", is_guardian=True)
    pages = [
        ("registrar", Role.REGISTRAR, no1, ["/students/", "/students/?q=zzzz", "/students/?sort=class&grade=3", kid.get_absolute_url(), transfer.child.get_absolute_url(), "/classes/", f"/classes/{class_of(no1,3).pk}/", "/password/"]),
        ("receiver", Role.REGISTRAR, no2, ["/classes/", "/"]),
        ("bureau", Role.BUREAU_CLERK, bureau, ["/classes/", "/students/"]),
        ("admin", Role.DATA_ADMIN, bureau, ["/admin/", f"/admin/students/student/{kid.pk}/change/", "/admin/accounts/appointment/add/", "/admin/law/parameter/add/", "/admin/law/calendarday/"]),
        ("head", Role.HEADMASTER, no1, [kid.get_absolute_url()]),
    ]
    from playwright.sync_api import sync_playwright
    with sync_playwright() as p:
        b = p.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for who, role, place, urls in pages:
            user = staff(role, place)
            client.force_login(user)
            for w in ((1366, 390) if who == "registrar" else (1366,)):
                ctx = b.new_context(viewport={"width": w, "height": 768 if w > 400 else 844})
                ctx.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
                page = ctx.new_page()
                page.on("console", lambda m: print("CONSOLE", m.text) if m.type == "error" else None)
                for u in urls:
                    r = page.goto(live_server.url + u)
                    page.wait_for_timeout(250)
                    name = f"{who}-{w}-" + u.strip("/").replace("/", "_").replace("?", "_").replace("=", "-").replace("&","-")[:40]
                    page.screenshot(path=f"/tmp/shots/{name}.png", full_page=True)
                    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                    print("SHOT", r.status, over, name)
                ctx.close()
        ctx = b.new_context(viewport={"width": 1366, "height": 768}); page = ctx.new_page()
        page.goto(live_server.url + "/login/"); page.fill("#id_username","x"); page.fill("#id_password","y"); page.click("main button[type=submit]"); page.wait_for_timeout(500)
        page.screenshot(path="/tmp/shots/login.png")
        # reveal + typing
        client.force_login(staff(Role.REGISTRAR, no1))
        ctx.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        page.goto(live_server.url + "/students/"); page.fill("input[name=q] >> nth=1", "zengx"); page.wait_for_timeout(1200); print("URL", page.url, page.inner_text(".list-count"))
        page.goto(live_server.url + kid.get_absolute_url()); page.click("details.reveal summary >> nth=0"); page.wait_for_timeout(200); page.screenshot(path="/tmp/shots/reveal.png")
        page.fill("details.reveal input[name=reason] >> nth=0", "核对"); page.click("details.reveal button >> nth=0"); page.wait_for_timeout(800); page.screenshot(path="/tmp/shots/revealed.png")
        b.close()
