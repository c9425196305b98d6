from django.db import migrations, models


class Migration(migrations.Migration):
    """Whoever ever passed an item on does not decide it. Varchar to text rewrites no row."""

    dependencies = [("indicators", "0010_grants_two_people_in_any_case")]
    operations = [
        migrations.AlterField(
            model_name="evaluationrequest",
            name="tag",
            field=models.BinaryField(
                help_text="Keyed, of the body, its sender's key for it, or a value.", max_length=32
            ),
        ),
        migrations.AlterField(
            model_name="heldobject",
            name="escalated_by",
            field=models.TextField(blank=True, help_text="All who passed it on, in order."),
        ),
    ]
