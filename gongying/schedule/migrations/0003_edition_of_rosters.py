from django.db import migrations

from gongying.common.editions import watch


class Migration(migrations.Migration):
    dependencies = [("schedule", "0002_edition")]
    operations = [watch("schedule_dutypost"), watch("schedule_dutyshift")]
