from django.db import migrations, models


class Migration(migrations.Migration):
    """Only the list of children remembers its columns."""

    dependencies = [("students", "0142_returned_list")]

    operations = [
        migrations.RemoveConstraint(model_name="rememberedcolumn", name="remembered_header_once"),
        migrations.RemoveField(model_name="rememberedcolumn", name="listing"),
        migrations.AddConstraint(
            model_name="rememberedcolumn",
            constraint=models.UniqueConstraint(fields=("school", "header"), name="remembered_header_once"),
        ),
    ]
