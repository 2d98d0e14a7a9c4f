from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    dependencies = [("collection", "0003_update_columns"), ("receivables", "0002_paid_until")]
    operations = [sql_file(__file__)]
