from django.db import migrations

from gongying.common.editions import watch


class Migration(migrations.Migration):
    dependencies = [("servicedesk", "0002_versions"), ("common", "0002_edition")]
    operations = [
        watch("servicedesk_servicecategory"),
    ]
