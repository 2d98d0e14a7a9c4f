from django.db import migrations

from netterms.store.migrate import function_file, sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("checkout", "0005_update_columns"),
        ("limits", "0005_line_of_invoice"),
    ]
    operations = [
        sql_file(__file__),
        function_file("checkout/authorise_orders"),
        function_file("checkout/move_orders"),
    ]
