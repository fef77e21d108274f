from django.db import migrations

from approvals.guards import insert_only, states_of

STATES = [
    "draft",
    "order_check",
    "verify",
    "verify_check",
    "opinion",
    "opinion_check",
    "act",
    "act_check",
    "answer",
    "review",
    "done",
    "refused",
    "passed_on",
    "withdrawn",
]


class Migration(migrations.Migration):
    dependencies = [("supervision", "0040_complaints")]
    operations = [states_of("complaint", STATES), insert_only("supervision_contactlook")]
