from django.db import migrations

from gongying.common.editions import watch


class Migration(migrations.Migration):
    """Which list a service centre is opened by is asked on every first page."""

    dependencies = [("checklists", "0003_posts_and_levels"), ("common", "0002_edition")]
    operations = [watch("checklists_checklist")]
