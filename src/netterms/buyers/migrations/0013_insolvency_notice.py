from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    dependencies = [("buyers", "0012_account_stays"), ("store", "0001_initial")]
    operations = [sql_file(__file__)]
