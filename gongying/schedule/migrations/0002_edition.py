from django.db import migrations

from gongying.common.editions import watch


class Migration(migrations.Migration):
    dependencies = [("schedule", "0001_initial"), ("common", "0002_edition")]
    operations = [
        watch("schedule_calendarday"),
        watch("schedule_calendaryear"),
        watch("schedule_calendargap"),
        watch("schedule_workingweek"),
        watch("schedule_workinghours"),
    ]
