"""Who holds which duty in a case; those of cases that are there are read from their events at once."""

from django.db import migrations, models

from clew.case.state import fold
from clew.record.entry import read_back


def fill_in(apps, schema_editor) -> None:
    """Fill the new column."""
    events = apps.get_model("record", "EventRow").objects.order_by("index")
    for row in apps.get_model("case", "CaseRow").objects.only("duties").iterator():
        entries = events.filter(case=row.case_id).values_list("index", "entry")
        row.duties = dict(fold([read_back(index, bytes(entry)) for index, entry in entries]).duties)
        row.save(update_fields=["duties"])


class Migration(migrations.Migration):
    dependencies = [("case", "0002_title_folded"), ("record", "0001_initial")]

    operations = [
        migrations.AddField("CaseRow", "duties", models.JSONField(default=dict)),
        migrations.RunPython(fill_in, migrations.RunPython.noop),
    ]
