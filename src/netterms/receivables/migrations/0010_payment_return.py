from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    dependencies = [("receivables", "0009_interest_account")]
    operations = [sql_file(__file__)]
