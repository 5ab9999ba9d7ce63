"""Ballots keep the number of their choices, and the log keeps what changed."""

from django.db import migrations, models
from django.db.models import Q

COUNT = """
UPDATE voting_ballot SET
    marks = (SELECT count(*) FROM voting_choice c WHERE c.ballot_id = voting_ballot.id),
    said = (
        SELECT count(*) FROM voting_choice c WHERE c.ballot_id = voting_ballot.id
        AND (c.supports OR c.score IS NOT NULL OR c.rank IS NOT NULL)
    )
"""


class Migration(migrations.Migration):
    dependencies = [("voting", "0004_evidence")]
    operations = [
        migrations.AddField(
            model_name="ballot",
            name="marks",
            field=models.PositiveIntegerField(default=0, help_text="its choices"),
        ),
        migrations.AddField(
            model_name="ballot",
            name="said",
            field=models.PositiveIntegerField(
                default=0, help_text="those of them that say something by the method"
            ),
        ),
        migrations.AlterField(
            model_name="ballotlog",
            name="choices",
            field=models.JSONField(help_text="what changed, as it is after the change"),
        ),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.CheckConstraint(
                condition=Q(is_live=True, marks__gte=1) | Q(is_live=False, marks=0),
                name="live_while_it_has_choices",
            ),
        ),
    ]
