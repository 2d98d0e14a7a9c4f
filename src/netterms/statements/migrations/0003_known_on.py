from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    dependencies = [("statements", "0002_site_visit")]
    operations = [sql_file(__file__)]
