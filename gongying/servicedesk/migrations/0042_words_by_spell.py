from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations

from gongying.common.word_index import WordIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("servicedesk", "0041_words_by_week")]

    operations = [
        AddIndexConcurrently(
            model_name="servicerequest",
            index=WordIndex("entered_at", name="request_words_by_spell"),
        ),
        RemoveIndexConcurrently(
            model_name="servicerequest",
            name="request_words",
        ),
    ]
