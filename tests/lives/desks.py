"""How a case of a random life is drafted, goes from desk to desk, and ends: what the machine's rules are made of."""

from datetime import date

from accounts.roles import Role
from approvals.errors import Refused
from approvals.kinds import by_kind
from approvals.models import Case, Material
from approvals.services import perform
from law import clock
from schools.seats import NoSeat
from students.changes import start_change
from students.models import Student
from tests.changes import hand_of, way_of
from tests.county import WAY, hand_for

from . import small_model
from .givens import GIVENS
from .small_model import PRECEDES

# A transfer passes eleven.
DESKS = 12
ROLE_OF = {
    "make_change": Role.REGISTRAR,
    "check_change": Role.HEADMASTER,
    "sign_change": Role.HEADMASTER,
    "bureau_make": Role.BUREAU_CLERK,
    "bureau_check": Role.BUREAU_CHECKER,
    "bureau_sign": Role.BUREAU_LEADER,
}


def next_desk(case) -> tuple:
    """The forward move of the state in which the case lies: (action, role, side)."""
    sources = {t.name: set() for t in case.get_all_state_transitions()}
    for transition in case.get_all_state_transitions():
        sources[transition.name].add(transition.source)
    road = WAY if case.kind == "transfer" else way_of(case)
    forward = next((each for each in road if case.state in sources.get(each[0], ())), None)
    return forward or ("resubmit", Role.REGISTRAR, "lead")


def hand_behind(case, described) -> tuple:
    hand = described.hand or case.desk_of(case.state).hand
    role = ROLE_OF[hand.right]
    return role, "bureau" if hand.right.startswith("bureau") else str(hand.side)


def drafted(kind, person, given):
    """A draft by its opener."""
    opener = Role.REGISTRAR if kind.OPENER.right == "make_change" else Role.BUREAU_CLERK
    school = kind.lead_for(person, given)
    by = hand_of(opener, school if opener == Role.REGISTRAR else school.bureau)
    return start_change(kind, person, by=by, **given)


class Desks:
    """The open cases of a life: drafting, signing, ending, undoing; the model follows every one of them."""

    def fresh(self, child: int) -> Student:
        return Student.objects.select_related("school__bureau").get(pk=self.people[child].pk)

    def draft(self, child: int, kind: str) -> None:
        """A draft begins exactly when the model says so."""
        person, lawful = self.fresh(child), self.model[child].may_begin(kind)
        self.draft_lawfully([child], kind, lawful, GIVENS[kind](self.day, person))

    def draft_lawfully(self, children: list[int], kind: str, lawful: bool, given: dict) -> None:
        believed = [self.model[child] for child in children]
        try:
            case = drafted(by_kind()[kind], self.fresh(children[0]), given)
        except Refused as refused:
            assert not lawful, f"{kind} of {believed} was refused: {refused}"
        else:
            assert lawful, f"{kind} of {believed} was begun"
            self.opened(children, case)

    def opened(self, children: list[int], case) -> None:
        Material.objects.filter(case_id=case.pk).update(
            state="checked", checked_by=case.opened_by, checked_on=clock.today()
        )
        for child in children:
            self.model[child].began(case.number, case.kind)
        self.open[case.number] = (children, case)

    def sign(self, number: str) -> None:
        """The next desk of a case signs; at the last one the record changes."""
        children, case = self.open[number]
        action, role, side = next_desk(case)
        try:
            case = perform(case, action, by=hand_for(case, role, side), opinion="同意")
        except (Refused, NoSeat):
            self.seen[f"{case.kind} stuck at {action}"] += 1
            return self.end(number, "withdraw")
        self.signed += 1
        self.seen["signed"] += 1
        self.open[case.number] = (children, case)
        if case.closed_on:
            self.decided(children, case)

    def sign_through(self, number: str) -> None:
        """Every desk of a case, one after the other, until it is closed (or cannot be)."""
        for _ in range(DESKS):
            if number in self.open:
                self.sign(number)

    def end(self, number: str, how: str) -> None:
        """Withdraw, refuse or send back, where the state of the case knows such a move."""
        children, case = self.open[number]
        moves = [t for t in case.get_all_state_transitions() if t.name == how and t.source == case.state]
        if not moves:
            return
        role, side = hand_behind(case, moves[0].custom["move"])
        try:
            case = perform(case, how, by=hand_for(case, role, side), opinion="材料不齐")
        except Refused:
            return
        self.signed += 1
        self.open[number] = (children, case)
        if case.closed_on:
            self.close(number)

    def close(self, number: str) -> None:
        children, _ = self.open.pop(number)
        for child in children:
            self.model[child].ended(number)

    def decided(self, children: list[int], case) -> None:
        self.close(case.number)
        self.seen[case.kind] += 1
        believed = [self.model[child] for child in children]
        if case.kind == "merge":
            small_model.merge(case.number, *believed)
            self.seen["merge with a problem" if believed[0].record.at_fault else "merge without a problem"] += 1
        elif case.kind == "transfer":
            assert not believed[0].record.at_fault, f"{case} was decided over a 问题学籍"
            moved = {"status": "enrolled", "sits": True, "school": case.lead_school_id, "attends": 0}
            believed[0].becomes(case.number, **moved)
        else:
            believed[0].decide(case.number, case.kind, **self.own_words(case, believed[0].record))
        if case.kind in PRECEDES:
            self.overtake(children[0])

    def own_words(self, case, record) -> dict:
        """What a kind says of the record beside status and class."""
        if case.kind == "correction":
            return self.corrected(case.items.get())
        if case.kind == "inclusion":
            self.seen[f"inclusion {case.record}"] += 1
            there = case.to_class.school_id
            return {"attends": there} if case.record == "stays" else {"school": there}
        if case.kind == "inclusion_end" and case.ending == "follows":
            return {"school": record.attends}
        return {}

    def corrected(self, item) -> dict:
        if item.field == "name":
            return {"name": item.after}
        self.seen["a problem put right"] += 1
        return {"born": date.fromisoformat(item.after)}

    def overtake(self, child: int) -> None:
        """The other open changes of the child have ended, each by a step of its own."""
        for number in [number for number, (whose, _) in self.open.items() if child in whose]:
            self.close(number)
            self.signed += 1
            self.seen["overtaken by a death"] += 1

    def take_back(self, number: str) -> None:
        """The leader corrects a decision: exactly when every child it touched stands as it left it."""
        case = Case.objects.get(number=number).model.objects.get(number=number)
        whose = [each for each in self.model if any(past.number == number for past in each.past)]
        lawful = all(each.may_undo(number) for each in whose)
        move = "revert" if case.kind == "transfer" else "undo"
        try:
            perform(case, move, by=hand_for(case, Role.BUREAU_LEADER, "bureau"), opinion="原决定有误")
        except Refused as refused:
            assert not lawful, f"{case} could not be corrected: {refused}"
        else:
            assert lawful, f"{case} was corrected under a later act"
            self.signed += 1
            self.seen[f"{move} of a decision"] += 1
            self.seen[f"{move} of a {case.kind}"] += 1
            for each in whose:
                each.undo(number)
