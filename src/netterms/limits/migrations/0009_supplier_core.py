from typing import Any

from django.db import migrations

from netterms.limits.facts import same_supplier
from netterms.store.migrate import sql_file


def fill(_apps: Any, editor: Any) -> None:  # noqa: ANN401 - Django's own
    """What was entered before is compared by the same spelling; nothing else of a row changes."""
    with editor.connection.cursor() as cursor:
        cursor.execute("select distinct supplier from trade_reference")
        spellings = [(same_supplier(name), name) for (name,) in cursor.fetchall()]
        cursor.execute("alter table trade_reference disable trigger append_only")
        cursor.executemany(
            "update trade_reference set supplier_core = %s where supplier = %s", spellings
        )
        cursor.execute("alter table trade_reference enable trigger append_only")
        cursor.execute("alter table trade_reference alter supplier_core set not null")


class Migration(migrations.Migration):
    dependencies = [("limits", "0008_limit_policy")]
    operations = [
        sql_file(__file__),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=False),
    ]
