import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.expressions
import django.db.models.functions.comparison
import gongying.common.text
from django.db import migrations, models

# Touches from before have what their channel says (`gongying.interactions.circumstances`); calls are the default.
DERIVE = """
UPDATE interactions_interaction SET
    place_kind = CASE channel WHEN 'counter' THEN 'centre' WHEN 'home_visit' THEN 'home'
        WHEN 'suggestion_box' THEN 'site' WHEN 'patrol' THEN 'site' ELSE 'distance' END,
    form = CASE WHEN channel IN ('phone', 'counter', 'home_visit', 'hotline_12345') THEN 'oral'
        WHEN channel IN ('letter', 'suggestion_box') THEN 'written' ELSE 'network' END,
    methods = CASE WHEN channel IN ('phone', 'counter', 'home_visit', 'hotline_12345') THEN ARRAY['listening', 'talking']
        WHEN channel IN ('letter', 'suggestion_box') THEN ARRAY['reading'] ELSE ARRAY['reading', 'writing'] END
"""
# How often each pair of characters occurs decides the way of a search (`gongying.common.word_search`).
TARGET = "ALTER TABLE interactions_interaction ALTER COLUMN search SET STATISTICS "


class Migration(migrations.Migration):

    dependencies = [
        ('interactions', '0006_circumstances'),
    ]

    operations = [
        migrations.RunSQL(DERIVE, migrations.RunSQL.noop),
        migrations.AddField(
            model_name='interaction',
            name='search',
            field=models.GeneratedField(db_persist=True, expression=gongying.common.text.BigramVector(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.functions.comparison.Coalesce(models.F('topic'), models.Value('')), '||', models.Value('\n'), output_field=models.TextField()), '||', django.db.models.functions.comparison.Coalesce(models.F('text'), models.Value('')), output_field=models.TextField()), '||', models.Value('\n'), output_field=models.TextField()), '||', django.db.models.functions.comparison.Coalesce(models.F('result'), models.Value('')), output_field=models.TextField()), '||', models.Value('\n'), output_field=models.TextField()), '||', django.db.models.functions.comparison.Coalesce(models.F('person_name'), models.Value('')), output_field=models.TextField()), '||', models.Value('\n'), output_field=models.TextField()), '||', django.db.models.functions.comparison.Coalesce(models.F('keywords'), models.Value('')), output_field=models.TextField()), '||', models.Value('\n'), output_field=models.TextField())), output_field=django.contrib.postgres.search.SearchVectorField()),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search'], name='interaction_search'),
        ),
        migrations.RunSQL(TARGET + "1000", TARGET + "-1"),
    ]
