from django.db import migrations

from netterms.store.migrate import function_file


class Migration(migrations.Migration):
    dependencies = [("receivables", "0001_initial")]
    operations = [function_file("receivables/paid_until")]
