from django.db import migrations

from approvals.guards import states_of

STATES = ["draft", "audit_check", "answer", "answer_check", "close", "close_check", "done", "withdrawn"]


class Migration(migrations.Migration):
    dependencies = [("supervision", "0044_audits")]
    operations = [states_of("audit", STATES)]
