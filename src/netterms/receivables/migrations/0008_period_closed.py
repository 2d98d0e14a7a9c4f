from django.db import migrations

from netterms.store.migrate import function_file


class Migration(migrations.Migration):
    dependencies = [("receivables", "0007_invoices_of_buyer")]
    operations = [function_file("receivables/refuse_closed")]
