import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0008_countdowns")]

    operations = [
        migrations.AlterField(
            model_name="casesubject",
            name="case",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="subjects",
                to="approvals.case",
                verbose_name="案件",
            ),
        ),
    ]
