from django.db import migrations

from gongying.common.editions import watch


class Migration(migrations.Migration):
    dependencies = [("organization", "0003_versions"), ("common", "0002_edition")]
    operations = [
        watch("organization_department"),
        watch("organization_role"),
        watch("organization_post"),
        watch("organization_staffmember"),
        watch("organization_staffmember_roles"),
        watch("organization_leave"),
        watch("organization_territory"),
        watch("organization_territoryassignment"),
    ]
