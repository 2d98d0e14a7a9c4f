from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    dependencies = [("collection", "0009_hand_over"), ("buyers", "0006_particulars")]
    operations = [sql_file(__file__)]
