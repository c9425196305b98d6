"""What was decided of prompt families is found without a look at what is open."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("indicators", "0021_evidence_by_report")]

    operations = [
        migrations.AddIndex(
            model_name="familyproposal",
            index=models.Index(
                fields=["collection"],
                name="family_proposal_decided",
                condition=models.Q(("state", "open"), _negated=True),
            ),
        ),
    ]
