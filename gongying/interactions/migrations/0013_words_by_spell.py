from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations

from gongying.common.word_index import WordIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("interactions", "0012_words_by_week")]

    operations = [
        AddIndexConcurrently(
            model_name="interaction",
            index=WordIndex("occurred_at", name="interaction_words_by_spell"),
        ),
        RemoveIndexConcurrently(
            model_name="interaction",
            name="interaction_words",
        ),
    ]
