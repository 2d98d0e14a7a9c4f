from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    dependencies = [("checkout", "0009_rows_as_rows")]
    operations = [sql_file(__file__)]
