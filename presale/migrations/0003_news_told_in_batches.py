from typing import Any

from django.db import migrations, models


def told_already(apps: Any, schema_editor: Any) -> None:
    """News posted before was mailed when it was posted."""
    updates = apps.get_model("presale", "ProductionUpdate").objects
    updates.update(told_at=models.F("posted_at"))


class Migration(migrations.Migration):
    dependencies = [("presale", "0002_frozen_shipping")]
    operations = [
        migrations.AddField(
            model_name="productionupdate",
            name="told_at",
            field=models.DateTimeField(
                blank=True, help_text="when all had been mailed", null=True
            ),
        ),
        migrations.AddField(
            model_name="productionupdate",
            name="told_up_to",
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.RunPython(told_already, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="productionupdate",
            index=models.Index(
                condition=models.Q(("told_at", None)),
                fields=["campaign"],
                name="update_still_to_tell",
            ),
        ),
    ]
