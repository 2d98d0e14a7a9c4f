from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    initial = True
    dependencies = [("receivables", "0009_interest_account"), ("limits", "0002_credit_line")]
    operations = [sql_file(__file__)]
