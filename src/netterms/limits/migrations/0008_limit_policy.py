from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    dependencies = [("limits", "0007_cap_history")]
    operations = [sql_file(__file__)]
