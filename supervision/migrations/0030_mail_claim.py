from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_initial"),
        ("supervision", "0022_reminders"),
    ]

    operations = [
        migrations.AddField(
            model_name="reminder",
            name="mail_claim",
            field=models.CharField(blank=True, default="", max_length=120, verbose_name="发送中的任务"),
        ),
    ]
