from django.db import migrations

from netterms.store.migrate import function_file


class Migration(migrations.Migration):
    dependencies = [("checkout", "0002_policy")]
    operations = [function_file("checkout/move_orders")]
