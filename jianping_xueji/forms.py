"""Every form of the system is drawn by the same form row, every day by the same calendar."""

from django.forms import DateInput
from django.forms.renderers import TemplatesSetting


class OfficeRenderer(TemplatesSetting):
    """Use as FORM_RENDERER; needs ``django.forms`` in INSTALLED_APPS.

    ``{{ form }}`` and ``{{ field.as_field_group }}`` then draw labels, help,
    required marks and errors as ``components/form_row.html`` says.
    """

    form_template_name = "components/form.html"
    field_template_name = "components/form_row.html"


def day_input(**attrs) -> DateInput:
    """A date field as the browser's own calendar."""
    return DateInput(format="%Y-%m-%d", attrs={"type": "date", **attrs})
