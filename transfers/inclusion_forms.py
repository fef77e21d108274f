"""The draft of 第二十五条: which class of which school the child goes to."""

from django.db.models import Q

from law import clock
from law.school_time import school_year_of
from schools.models import School, SchoolClass, cohort_of
from students.change_forms import ChangeForm, ChoiceOfClasses
from students.standing import last_place


class ClassElsewhere(ChoiceOfClasses):
    def label_from_instance(self, school_class):
        return f"{school_class.school} {super().label_from_instance(school_class)}"


class InclusionForm(ChangeForm):
    """Classes of the child's grade in the schools of the other type."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to_class"] = ClassElsewhere(
            self.classes_elsewhere(), label="就读学校和班级", empty_label="请选择学校和班级"
        )

    def classes_elsewhere(self):
        place, year = last_place(self.child), school_year_of(clock.today())
        grade = place.school_class.grade_in(year) if place else None
        if grade is None:
            return SchoolClass.objects.none()
        stage, cohort = cohort_of(grade, year)
        found = SchoolClass.objects.filter(stage=stage, cohort=cohort, closed_on=None, school__closed_on=None)
        found = found.filter(school__bureau=self.school.bureau_id).select_related("school")
        special = Q(school__kind=School.Kind.SPECIAL)
        return found.filter(~special if self.school.kind == School.Kind.SPECIAL else special)
