import time
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from procrastinate.contrib.django.models import ProcrastinateWorker

WORKER_SEEN_WITHIN = timedelta(seconds=60)
# Reading all migrations takes a while; this process does not get new ones while it runs.
MIGRATIONS_STAY_APPLIED_SECONDS = 60

migrations_applied_at = -float("inf")


@require_safe
@never_cache
def show(_request: HttpRequest) -> JsonResponse:
    """For load balancers and monitoring: 200 only if everything that makes a working installation is there."""
    checks = {"database": has_database, "migrations": has_all_migrations, "worker": has_worker}
    missing = []
    for name, check in checks.items():
        try:
            if not check():
                missing.append(name)
        except DatabaseError:
            missing.append(name)
    return JsonResponse({"ok": not missing, "missing": missing}, status=503 if missing else 200)


def has_database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() is not None


def has_all_migrations() -> bool:
    global migrations_applied_at  # noqa: PLW0603 -- once per process
    if time.monotonic() - migrations_applied_at > MIGRATIONS_STAY_APPLIED_SECONDS:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        migrations_applied_at = time.monotonic()
    return True


def has_worker() -> bool:
    """Workers write a heartbeat every few seconds."""
    return ProcrastinateWorker.objects.filter(last_heartbeat__gte=timezone.now() - WORKER_SEEN_WITHIN).exists()
