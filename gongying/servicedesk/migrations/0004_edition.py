from django.db import migrations

from gongying.common.editions import watch


class Migration(migrations.Migration):
    dependencies = [("servicedesk", "0003_price_agreed"), ("common", "0002_edition")]
    operations = [
        watch("servicedesk_servicecategory"),
        watch("servicedesk_responsibilityrule"),
        watch("servicedesk_responsibilityrule_supporting"),
    ]
