"""Titles as they are looked for; those that are there are folded at once, so that no service has to be rebuilt."""

from django.db import migrations, models

from clew.web.folding import folded


def fold_titles(apps, schema_editor) -> None:
    """Fill the new column."""
    for row in apps.get_model("pilot", "PilotRow").objects.only("title").iterator():
        row.title_folded = folded(row.title)
        row.save(update_fields=["title_folded"])


class Migration(migrations.Migration):
    dependencies = [("pilot", "0001_initial")]

    operations = [
        migrations.AddField("PilotRow", "title_folded", models.TextField(default=""), preserve_default=False),
        migrations.RunPython(fold_titles, migrations.RunPython.noop),
    ]
