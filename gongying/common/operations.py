"""What the installation does for itself, whatever its business."""

import logging

from procrastinate import JobContext, RetryStrategy, builtin_tasks
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation

from gongying.common.worker import leave_to_next

logger = logging.getLogger(__name__)

KEEP_JOBS_HOURS = 14 * 24


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="retry_stalled_jobs", pass_context=True)
async def retry_stalled_jobs_later(context: JobContext, timestamp: int) -> None:
    """Give jobs back whose worker died: nothing else does (every job of ours is safe to run twice)."""
    del timestamp
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        logger.warning("Job %s (%s) lost its worker and is tried again", job.id, job.task_name)
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            await leave_to_next(context.app, job)


@app.periodic(cron="40 3 * * *")
@app.task(queueing_lock="remove_old_jobs", pass_context=True, retry=RetryStrategy(max_attempts=3, wait=60))
async def remove_old_jobs_later(context: JobContext, timestamp: int) -> None:
    """Failed jobs go too, after two weeks in which somebody could look at them."""
    del timestamp
    await builtin_tasks.remove_old_jobs(
        context, max_hours=KEEP_JOBS_HOURS, remove_failed=True, remove_cancelled=True, remove_aborted=True
    )
