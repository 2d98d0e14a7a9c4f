from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("collection", "0013_interest_on_interest"),
    ]
    operations = [sql_file(__file__)]
