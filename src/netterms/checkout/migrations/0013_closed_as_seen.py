from django.db import migrations

from netterms.store.migrate import function_file


class Migration(migrations.Migration):
    dependencies = [("checkout", "0012_period_closed")]
    operations = [function_file("checkout/move_orders")]
