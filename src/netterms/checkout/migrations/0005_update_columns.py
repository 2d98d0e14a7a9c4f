from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    dependencies = [("checkout", "0004_young_table")]
    operations = [sql_file(__file__)]
