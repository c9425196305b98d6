from django.db import migrations

FORWARD = [
    "GRANT INSERT, UPDATE ON private.budget_use TO forum_worker",
    "GRANT INSERT ON private.evaluation_request TO forum_worker",
]


class Migration(migrations.Migration):
    """Identifiers that a member sends in clear are charged to its budgets."""

    dependencies = [("indicators", "0007_worker_counts_requests")]
    operations = [migrations.RunSQL(sql=FORWARD, reverse_sql=migrations.RunSQL.noop)]
