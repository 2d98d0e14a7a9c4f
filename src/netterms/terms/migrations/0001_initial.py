from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    initial = True
    dependencies = [("buyers", "0008_duplicates")]
    operations = [sql_file(__file__)]
