from django.db import migrations

from gongying.common.editions import watch


class Migration(migrations.Migration):
    """Which projects somebody sees who serves single entrances is kept too."""

    dependencies = [("estates", "0005_edition")]
    operations = [watch("estates_entrance")]
