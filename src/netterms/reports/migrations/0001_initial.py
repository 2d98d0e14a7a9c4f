from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("screening", "0001_initial"),
        ("scoring", "0001_initial"),
        ("limits", "0007_cap_history"),
        ("statements", "0001_initial"),
    ]
    operations = [sql_file(__file__)]
