from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    dependencies = [("buyers", "0014_insolvency_notice")]
    operations = [sql_file(__file__)]
