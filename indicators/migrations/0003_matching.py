from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("indicators", "0002_banks_roles_walls")]
    operations: list[object] = []
