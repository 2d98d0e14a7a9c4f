from django.db import migrations

from netterms.store.migrate import function_file, sql_file


class Migration(migrations.Migration):
    dependencies = [("receivables", "0010_payment_return")]
    operations = [sql_file(__file__), function_file("receivables/post_payments")]
