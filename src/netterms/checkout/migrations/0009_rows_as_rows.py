from django.db import migrations

from netterms.store.migrate import function_file


class Migration(migrations.Migration):
    dependencies = [("checkout", "0008_line_opened_meanwhile")]
    operations = [
        function_file("checkout/authorise_orders"),
        function_file("checkout/move_orders"),
    ]
