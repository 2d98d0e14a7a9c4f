from django.db import migrations

from netterms.store.migrate import function_file


class Migration(migrations.Migration):
    dependencies = [("checkout", "0006_line_of_invoice")]
    operations = [
        function_file("checkout/would_change"),
        function_file("checkout/due_days"),
        # It has got a third parameter: the old one would answer beside it.
        migrations.RunSQL(
            "drop function if exists order_answer(credit_order, bigint)", migrations.RunSQL.noop
        ),
        function_file("checkout/order_answer"),
        function_file("checkout/authorise_orders"),
    ]
