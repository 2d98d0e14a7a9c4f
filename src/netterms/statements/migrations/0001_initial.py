from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    initial = True
    dependencies = [("store", "0001_initial"), ("buyers", "0005_completed")]
    operations = [sql_file(__file__)]
