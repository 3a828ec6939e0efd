from django.db import migrations

# How often each pair of characters occurs decides the way of a search (`gongying.common.word_search`).
TARGET = "ALTER TABLE interactions_interaction ALTER COLUMN search SET STATISTICS "


class Migration(migrations.Migration):
    dependencies = [("interactions", "0002_promises")]
    operations = [migrations.RunSQL(TARGET + "1000", TARGET + "-1")]
