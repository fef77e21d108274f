from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_initial")]

    operations = [
        migrations.AddField(
            model_name="deputy",
            name="trained_on",
            field=models.DateField(blank=True, null=True, verbose_name="代理人培训合格日期"),
        ),
    ]
