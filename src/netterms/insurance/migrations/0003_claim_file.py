from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    dependencies = [("insurance", "0002_entering")]
    operations = [sql_file(__file__)]
