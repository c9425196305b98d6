from django.db import migrations

FORWARD = ["GRANT SELECT ON private.subject_request TO forum_worker"]


class Migration(migrations.Migration):
    """The nightly report counts unfinished requests of persons."""

    dependencies = [("indicators", "0006_lanes")]
    operations = [migrations.RunSQL(sql=FORWARD, reverse_sql=migrations.RunSQL.noop)]
