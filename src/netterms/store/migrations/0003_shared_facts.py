from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    dependencies = [("store", "0002_event_tx")]
    operations = [sql_file(__file__)]
