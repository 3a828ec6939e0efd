from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("group_chats", "0004_sealed")]
    operations = [
        migrations.AddIndex(
            "groupmessage",
            models.Index(fields=["bot", "-id"], name="group_message_failed", condition=models.Q(state="failed")),
        ),
    ]
