from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    initial = True
    dependencies = [("store", "0002_event_tx"), ("access", "0002_membership")]
    operations = [sql_file(__file__)]
