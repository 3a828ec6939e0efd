"""Extensions, the search function, number sequences and the table of the shared cache."""

import django.contrib.postgres.operations
from django.db import migrations, models

# Must agree with `gongying.common.text.bigrams`: NFKC, lower case, marks and white space removed, neighbouring pairs.
BIGRAMS = r"""
CREATE FUNCTION gongying_bigrams(value text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT coalesce(array_to_tsvector(array_agg(DISTINCT substr(plain, i, 2))), ''::tsvector)
    FROM (
        SELECT regexp_replace(
            lower(normalize(regexp_replace(value, '[\u200b-\u200f\u202a-\u202e\u2060\ufeff]', '', 'g'), NFKC)),
            '[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+', '', 'g') AS plain
    ) AS text, generate_series(1, length(plain) - 1) AS i
$$;
"""

CACHE_TABLE = """
CREATE TABLE common_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX common_cache_expires ON common_cache (expires);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        django.contrib.postgres.operations.BtreeGistExtension(),
        django.contrib.postgres.operations.BtreeGinExtension(),
        django.contrib.postgres.operations.TrigramExtension(),
        migrations.RunSQL(BIGRAMS, "DROP FUNCTION gongying_bigrams(text)"),
        migrations.RunSQL(CACHE_TABLE, "DROP TABLE common_cache"),
        migrations.CreateModel(
            name="NumberSequence",
            fields=[
                ("series", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("last", models.PositiveIntegerField()),
            ],
            options={"verbose_name": "number sequence"},
        ),
    ]
