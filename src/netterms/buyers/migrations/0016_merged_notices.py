from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    dependencies = [("buyers", "0015_around")]
    operations = [sql_file(__file__)]
