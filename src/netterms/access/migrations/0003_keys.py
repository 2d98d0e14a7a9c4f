from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    dependencies = [("access", "0002_membership")]
    operations = [sql_file(__file__)]
