from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0002_bank_account"), ("receivables", "0005_papers")]
    operations = [sql_file(__file__)]
