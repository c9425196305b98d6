import django.db.models.functions.text
import django.db.models.lookups
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """One person in two spellings is one person; a grant of the past stays, as evidence."""

    dependencies = [
        ("indicators", "0009_first_contributors_end"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="populationgrant",
            name="population_grant_two_people",
        ),
        AddConstraintNotValid(
            model_name="populationgrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by", ""),
                    models.Q(
                        django.db.models.lookups.Exact(
                            django.db.models.functions.text.Lower("approved_by"),
                            django.db.models.functions.text.Lower("requested_by"),
                        ),
                        _negated=True,
                    ),
                    _connector="OR",
                ),
                name="population_grant_two_people",
            ),
        ),
    ]
