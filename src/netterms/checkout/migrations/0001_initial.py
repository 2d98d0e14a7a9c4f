from django.db import migrations

from netterms.store.migrate import function_file, sql_file


class Migration(migrations.Migration):
    initial = True
    dependencies = [("limits", "0002_credit_line"), ("receivables", "0001_initial")]
    operations = [
        sql_file(__file__),
        function_file("checkout/would_change"),
        function_file("checkout/due_days"),
        function_file("checkout/order_answer"),
        function_file("checkout/authorise_orders"),
        function_file("checkout/move_orders"),
    ]
