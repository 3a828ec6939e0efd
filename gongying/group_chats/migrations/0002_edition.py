from django.db import migrations

from gongying.common.editions import watch


class Migration(migrations.Migration):
    dependencies = [("group_chats", "0001_initial"), ("common", "0002_edition")]
    operations = [watch("group_chats_groupbot", columns=("project_id", "topics", "is_active"))]
