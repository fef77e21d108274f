from django.db import migrations

from approvals.guards import states_of

ORDER = [
    "draft",
    "issue_check",
    "leader",
    "correct",
    "correct_check",
    "verify",
    "verify_check",
    "done",
    "escalated",
    "refused",
    "withdrawn",
    "revoked",
]
REGISTRAR = ["draft", "bureau", "bureau_check", "done", "refused", "withdrawn"]


class Migration(migrations.Migration):
    dependencies = [("supervision", "0042_orders_and_registrars")]
    operations = [states_of("order", ORDER), states_of("registrar_change", REGISTRAR)]
