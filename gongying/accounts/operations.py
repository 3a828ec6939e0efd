from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from gongying.accounts.models import IdempotencyKey

KEEP_ANSWERS_FOR = timedelta(days=7)


@app.periodic(cron="50 3 * * *")
@app.task(queueing_lock="forget_old_answers")
def forget_old_answers_later(timestamp: int) -> None:
    """Nightly: an idempotency key is worth something for days, not for ever."""
    del timestamp
    IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEEP_ANSWERS_FOR).delete()
