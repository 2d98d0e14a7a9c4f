from django.db import migrations

from netterms.store.migrate import function_file


class Migration(migrations.Migration):
    dependencies = [("limits", "0009_supplier_core")]
    operations = [
        migrations.RunSQL(
            "drop function wanted_caps(uuid[], date)", migrations.RunSQL.noop, elidable=False
        ),
        function_file("limits/wanted_caps"),
        function_file("limits/refresh_caps"),
    ]
