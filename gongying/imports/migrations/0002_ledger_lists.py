import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

LISTS = """
    INSERT INTO imports_createdrows (run_id, model, keys)
    SELECT run_id, model, array_agg(object_id ORDER BY object_id)
    FROM imports_importedrow WHERE action = 'created' GROUP BY run_id, model;
    DELETE FROM imports_importedrow WHERE action = 'created';
    SET CONSTRAINTS ALL IMMEDIATE;
"""
ROWS = """
    INSERT INTO imports_importedrow (run_id, model, object_id, action)
    SELECT run_id, model, unnest(keys), 'created' FROM imports_createdrows;
    SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="CreatedRows",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("model", models.CharField(max_length=60)),
                ("keys", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="created",
                        to="imports.importrun",
                        verbose_name="import",
                    ),
                ),
            ],
            options={
                "verbose_name": "created rows",
                "constraints": [models.UniqueConstraint(fields=("run", "model"), name="created_rows_once")],
            },
        ),
        migrations.RunSQL(LISTS, ROWS),
        migrations.RemoveField(model_name="importedrow", name="action"),
        migrations.RenameModel("ImportedRow", "ChangedRow"),
        migrations.AlterModelOptions(name="changedrow", options={"verbose_name": "changed row"}),
        migrations.AlterField(
            model_name="changedrow",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="changes",
                to="imports.importrun",
                verbose_name="import",
            ),
        ),
    ]
