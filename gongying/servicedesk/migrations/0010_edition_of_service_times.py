from django.db import migrations

from gongying.common.editions import watch


class Migration(migrations.Migration):
    dependencies = [("servicedesk", "0009_service_clocks"), ("common", "0002_edition")]
    operations = [
        watch("servicedesk_servicetimepolicy"),
        watch("servicedesk_servicetimetarget"),
        watch("servicedesk_escalationladder"),
        watch("servicedesk_pauselimit"),
    ]
