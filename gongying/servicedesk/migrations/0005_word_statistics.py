from django.db import migrations

# How often each pair of characters occurs decides the way of a search (`gongying.common.word_search`).
TARGET = "ALTER TABLE servicedesk_servicerequest ALTER COLUMN search SET STATISTICS "


class Migration(migrations.Migration):
    dependencies = [("servicedesk", "0004_edition")]
    operations = [migrations.RunSQL(TARGET + "1000", TARGET + "-1")]
