from django.db import migrations

from approvals.guards import states_of

STATES = [
    "draft",
    "school_review",
    "bureau_review",
    "bureau_review_check",
    "ready",
    "to_school_check",
    "to_bureau",
    "to_bureau_check",
    "from_school",
    "from_school_check",
    "from_bureau",
    "from_bureau_check",
    "supplement",
    "done",
    "arrived",
    "refused",
    "withdrawn",
    "reverted",
]


class Migration(migrations.Migration):
    dependencies = [("transfers", "0001_initial")]
    operations = [states_of("transfer", STATES)]
