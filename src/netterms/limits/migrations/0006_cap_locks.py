from django.db import migrations

from netterms.store.migrate import function_file


class Migration(migrations.Migration):
    dependencies = [("limits", "0005_line_of_invoice")]
    operations = [function_file("limits/refresh_caps")]
