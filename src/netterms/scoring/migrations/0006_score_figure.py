from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    dependencies = [("scoring", "0005_shadow")]
    operations = [sql_file(__file__)]
