from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0002_search_path")]
    operations = [sql_file(__file__)]
