from django.db import migrations

from netterms.store.migrate import function_file


class Migration(migrations.Migration):
    dependencies = [
        ("limits", "0002_credit_line"),
        ("buyers", "0003_sector"),
        ("scoring", "0001_initial"),
    ]
    # limits/line_owed reads columns that a later migration adds, which makes it.
    operations = [
        function_file("limits/refresh_owed"),
        function_file("limits/lock_caps"),
        function_file("limits/wanted_caps"),
        function_file("limits/refresh_caps"),
    ]
