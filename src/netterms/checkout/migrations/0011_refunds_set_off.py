from django.db import migrations

from netterms.store.migrate import function_file


class Migration(migrations.Migration):
    dependencies = [
        ("checkout", "0010_score_of_newcomer"),
        ("receivables", "0005_papers"),
    ]
    operations = [
        function_file("checkout/set_off_refunds"),
        function_file("checkout/authorise_orders"),
        function_file("checkout/move_orders"),
    ]
