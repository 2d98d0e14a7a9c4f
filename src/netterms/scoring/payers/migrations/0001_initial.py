from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    initial = True
    dependencies = [("receivables", "0003_line_of_invoice")]
    operations = [sql_file(__file__)]
