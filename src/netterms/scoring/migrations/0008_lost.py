from django.db import migrations

from netterms.store.migrate import sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("scoring", "0007_news"),
        ("buyers", "0016_merged_notices"),
        ("receivables", "0011_money_back"),
    ]
    operations = [sql_file(__file__)]
