from django.db import migrations

from netterms.store.migrate import function_file, sql_file


class Migration(migrations.Migration):
    dependencies = [("receivables", "0003_line_of_invoice")]
    operations = [
        sql_file(__file__),
        function_file("receivables/post_payments"),
        function_file("receivables/post_allocations"),
        migrations.RunSQL(
            """
            create trigger post after insert on payment referencing new table as added
              for each statement execute function post_payments();
            create trigger post after insert on allocation referencing new table as added
              for each statement execute function post_allocations();
            """,
            migrations.RunSQL.noop,
        ),
    ]
