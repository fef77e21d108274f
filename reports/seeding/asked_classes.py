"""第八条 of the demo: one school asks for a class more in grade three at each desk of a proposal."""

from accounts.models import User
from approvals.services import perform
from law import clock, parameters
from schools.models import School
from students.classing.ledger import classes_in
from students.plans.services import propose_plan

from . import SEED_YEAR

GRADE = 3
WAY = (("hand_in", "{0}_registrar"), ("sign_proposal", "{0}_head"))
# School, and how many have signed.
ASKED = (("jpxx", 0), ("cl", 1), ("hsxx", 2))
REASON = "本学期三年级转入申请较多，现有空教室1间，请求增加1个班。"


def ask_for_classes(schools: dict[str, School]) -> None:
    """One proposal each lies with the registrar, the headmaster and the bureau's clerk."""
    people = {user.username: user for user in User.objects.all()}
    cap = parameters.on(clock.today())["class.cap"]
    for login, signed in ASKED:
        school = schools[login]
        lines = [(GRADE, len(classes_in(school.pk, GRADE, SEED_YEAR)) + 1, cap)]
        case = propose_plan(school, by=people[f"{login}_registrar"], year=SEED_YEAR, lines=lines, reason=REASON)
        for action, person in WAY[:signed]:
            case = perform(case, action, by=people[person.format(login)])
