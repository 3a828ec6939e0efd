from django.db import migrations
from django.utils.translation import gettext_lazy as _

from gongying.common.sealed import SealedField, seal, unseal


def rewrite(schema_editor, change):
    """Past the field, which would take what is not sealed yet for unreadable."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id, address, signing_secret FROM group_chats_groupbot")
        for pk, *secrets in cursor.fetchall():
            changed = [change(secret) if secret else "" for secret in secrets]
            cursor.execute(
                "UPDATE group_chats_groupbot SET address = %s, signing_secret = %s WHERE id = %s", [*changed, pk]
            )


class Migration(migrations.Migration):
    dependencies = [("group_chats", "0003_overdue_topic")]
    operations = [
        migrations.AlterField("groupbot", "address", SealedField(verbose_name=_("webhook address"))),
        migrations.AlterField(
            "groupbot", "signing_secret", SealedField(blank=True, verbose_name=_("signing secret"))
        ),
        migrations.RunPython(
            lambda _apps, schema_editor: rewrite(schema_editor, seal),
            lambda _apps, schema_editor: rewrite(schema_editor, unseal),
        ),
    ]
