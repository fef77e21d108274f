from datetime import date
import re
from django.test import Client
from accounts.roles import Role
from accounts.models import *
from approvals.services import perform
from law.models import Parameter
from schools.models import *
from tests.county import *

def C(user):
    c = Client(raise_request_exception=False); c.force_login(user); return c

def test_param(no1,no2,staff,bureau):
    c=C(staff(Role.DATA_ADMIN,bureau))
    for code,v in [("transfer.grade9_last_day",'"10-15"'),("approval.stage_workdays","-5"),("transfer.window_months",'["x"]'),("class.cap","-1")]:
        x=c.post("/admin/law/parameter/add/",dict(reason="r",code=code,value=v,starts="2026-09-01",ends="",level="县",document="d"))
        print("PARAM add", code, v, x.status_code, re.findall(r'<li>(.{0,60})', x.content.decode())[:1])
def test_neg(transfer,no2):
    Parameter.objects.create(code="approval.stage_workdays",value=-5,starts=date(2026,9,1),level="县",document="d")
    case=perform(transfer,"submit",by=hand_for(transfer,Role.REGISTRAR,"lead"))
    try: print("NEG", perform(case,"vouch",by=hand_for(case,Role.HEADMASTER,"lead")).due_on)
    except Exception as e: print("NEG", type(e), str(e)[:80])
def test_foreign_admin(no1,no2,staff,bureau):
    b2=Bureau.objects.create(name="邻县教育局",division=Division.objects.get(code="211322"))
    o=make_school(b2,77,"邻县小学")
    adm=staff(Role.DATA_ADMIN,b2); reg=staff(Role.REGISTRAR,no2); c=C(adm)
    x=c.post(f"/admin/accounts/user/{reg.pk}/change/",dict(reason="r",username=reg.username,name=reg.name,is_active="on",new_password="Longenough-2026x")); reg.refresh_from_db()
    print("FOREIGN ADMIN resets password:", x.status_code, reg.check_password("Longenough-2026x"))
    ap=staff(Role.BUREAU_LEADER,bureau).appointments.get()
    x=c.post("/admin/accounts/deputy/add/",dict(reason="r",user=adm.pk,appointment=ap.pk,starts="2026-09-01",ends="2026-09-30")); print("FOREIGN ADMIN deputises leader:", x.status_code, Deputy.objects.count())
