from django.db import migrations

from gongying.common.editions import watch


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_pace"), ("common", "0002_edition")]
    operations = [
        watch("accounts_user", columns=("name", "username", "phone", "is_active", "is_superuser")),
    ]
