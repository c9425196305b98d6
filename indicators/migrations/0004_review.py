from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("indicators", "0003_matching")]
    operations: list[object] = []
