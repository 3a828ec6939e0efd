from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_own_password")]

    operations = [
        migrations.CreateModel(
            name="CallPace",
            fields=[
                ("caller", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("even_at", models.DateTimeField()),
            ],
            options={"verbose_name": "pace of a caller"},
        ),
        # Written at every call and worth nothing after a crash.
        migrations.RunSQL("ALTER TABLE accounts_callpace SET UNLOGGED", "ALTER TABLE accounts_callpace SET LOGGED"),
    ]
