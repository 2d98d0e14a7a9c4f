from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    dependencies = [("store", "0003_shared_facts")]
    operations = [sql_file(__file__)]
