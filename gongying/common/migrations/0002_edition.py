"""Every change of a watched table gives the company's set-up a new edition (`gongying.common.editions`)."""

from django.db import migrations, models

RENEW = """
CREATE FUNCTION gongying_renew_edition() RETURNS void LANGUAGE sql AS $$
    INSERT INTO common_edition (id, token) VALUES (1, gen_random_uuid())
    ON CONFLICT (id) DO UPDATE SET token = gen_random_uuid()
$$;
CREATE FUNCTION gongying_new_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM gongying_renew_edition();
    RETURN NULL;
END
$$;
"""
FORGET = """
DROP FUNCTION gongying_new_edition();
DROP FUNCTION gongying_renew_edition();
"""


class Migration(migrations.Migration):
    dependencies = [("common", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.UUIDField()),
            ],
            options={
                "verbose_name": "edition of the set-up",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="edition_is_one_row")],
            },
        ),
        migrations.RunSQL(RENEW, FORGET),
    ]
