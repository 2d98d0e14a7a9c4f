from django.db import migrations

from netterms.store.migrate import function_file


class Migration(migrations.Migration):
    dependencies = [
        ("limits", "0004_update_columns"),
        ("receivables", "0003_line_of_invoice"),
    ]
    operations = [
        function_file("limits/lined_minor"),
        function_file("limits/line_owed"),
    ]
