from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    dependencies = [("receivables", "0007_invoices_of_buyer")]
    operations = [sql_file(__file__)]
