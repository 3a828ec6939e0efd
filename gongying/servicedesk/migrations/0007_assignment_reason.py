from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('servicedesk', '0006_territory_transfers'),
    ]

    operations = [
        migrations.AlterField(
            model_name='assignment',
            name='reason',
            field=models.TextField(blank=True, verbose_name='reason'),
        ),
    ]
