from typing import Any

from django.db import migrations, models


def freeze_as_now(apps: Any, schema_editor: Any) -> None:
    """Campaigns published before keep the zones their brand has at this moment."""
    Campaign = apps.get_model("presale", "Campaign")
    for campaign in Campaign.objects.exclude(terms_text="").select_related("brand"):
        campaign.shipping = [
            {"name": zone.name, "countries": zone.countries, "price_minor": zone.price_minor}
            for zone in campaign.brand.zones.order_by("pk")
        ]
        campaign.save(update_fields=["shipping"])


class Migration(migrations.Migration):
    dependencies = [("fans", "0001_initial"), ("presale", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="campaign",
            name="shipping",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="zones frozen with the terms: name, countries, price",
            ),
        ),
        migrations.RunPython(freeze_as_now, migrations.RunPython.noop),
    ]
