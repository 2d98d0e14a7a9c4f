from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    dependencies = [("store", "0004_kept_answer")]
    operations = [sql_file(__file__)]
