from django.db import migrations

from gongying.common.editions import watch


class Migration(migrations.Migration):
    dependencies = [("servicedesk", "0030_support_steps")]
    operations = [watch("servicedesk_outsidefirm"), watch("servicedesk_outsidefirm_projects")]
