from django.urls import reverse
from accounts.roles import Role
from tests.law.notices import OF_2027
from supervision.calendar.holidays import propose, decide
import os
SIZES=[(1366,900),(390,844)]
def shots(page,url,name,full=True):
    page.goto(url)
    for w,h in SIZES:
        page.set_viewport_size({"width":w,"height":h})
        page.screenshot(path=f"/tmp/h7look/{name}-{w}.png",full_page=full)
        print(name,w,page.evaluate("document.documentElement.scrollWidth-document.documentElement.clientWidth"))
    page.set_viewport_size({"width":1366,"height":900})
def test_look(windows, no1, bureau, staff):
    os.makedirs("/tmp/h7look",exist_ok=True)
    clerk=staff(Role.BUREAU_CLERK,bureau); ch=staff(Role.BUREAU_CHECKER,bureau)
    page=windows.sign_in(clerk)
    shots(page,reverse("supervision:year"),"year")
    page.emulate_media(media="print"); page.pdf(path="/tmp/h7look/year.pdf"); page.emulate_media(media="screen")
    page.goto(reverse("supervision:holidays"))
    page.get_by_label("文号").fill("国办发明电〔2026〕9号"); page.get_by_label("通知正文").fill(OF_2027); page.get_by_label("登记理由").fill("已公布")
    page.get_by_role("button",name="读出日期").click(); page.wait_for_load_state()
    page.screenshot(path="/tmp/h7look/notices-1366.png",full_page=True)
    page.set_viewport_size({"width":390,"height":844}); page.screenshot(path="/tmp/h7look/notices-390.png",full_page=True); page.set_viewport_size({"width":1366,"height":900})
    n=propose(OF_2027,2027,document="国办发明电〔2026〕9号",reason="已公布",by=clerk)
    p2=windows.sign_in(ch); shots(p2,n.get_absolute_url(),"notice")
    windows.expect_no_complaints()
