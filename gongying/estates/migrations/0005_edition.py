from django.db import migrations

from gongying.common.editions import watch


class Migration(migrations.Migration):
    dependencies = [("estates", "0004_floor_version"), ("common", "0002_edition")]
    operations = [
        watch("estates_project"),
        watch("estates_building"),
        watch("estates_territoryscope"),
    ]
