from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    dependencies = [("screening", "0001_initial"), ("access", "0003_keys")]
    operations = [sql_file(__file__)]
