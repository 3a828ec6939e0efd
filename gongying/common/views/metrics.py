import hmac
import ipaddress
from collections.abc import Iterable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from gongying.common.measures import registry
from gongying.common.standing import present_standing

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# A proxy on this machine speaks from loopback for the whole world.
BY_PROXY = ("X-Forwarded-For", "X-Real-IP", "Forwarded")


@require_safe
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """For Prometheus, on this machine or with the token of the settings; for everybody else it is not there."""
    if not (has_token(request) or is_from_here(request)):
        raise Http404
    own = CollectorRegistry()
    own.register(Figures())
    return HttpResponse(generate_latest(registry()) + generate_latest(own), content_type=CONTENT_TYPE)


def has_token(request: HttpRequest) -> bool:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    expected = settings.METRICS_TOKEN
    return bool(expected) and scheme == "Bearer" and hmac.compare_digest(token.encode(), expected.encode())


def is_from_here(request: HttpRequest) -> bool:
    if any(name in request.headers for name in BY_PROXY):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


class Figures:
    """What stands in the database is the same for all processes: it is read when it is asked for."""

    def collect(self) -> Iterable[Metric]:
        now = present_standing()
        ages = {"worker": now.worker_at, "sweep": now.sweep_at, "push": now.push_at}
        yield GaugeMetricFamily("gongying_jobs_waiting", "Jobs that are due", now.jobs_waiting)
        yield GaugeMetricFamily("gongying_jobs_running", "Jobs being done", now.jobs_running)
        yield GaugeMetricFamily(
            "gongying_oldest_job_seconds", "How long the oldest due job waits", now.oldest_wait.total_seconds()
        )
        failed = GaugeMetricFamily("gongying_failed_jobs", "Jobs that failed within a day", labels=["task"])
        for task, number in now.failed_jobs.items():
            failed.add_metric([task], number)
        yield failed
        seen = GaugeMetricFamily("gongying_seen_seconds", "Since a part last gave a sign of life", labels=["part"])
        for part, at in ages.items():
            if at:
                seen.add_metric([part], (now.at - at).total_seconds())
        yield seen
        yield GaugeMetricFamily("gongying_push_clients", "Browsers that wait for news", now.push_clients)
        yield GaugeMetricFamily("gongying_database_bytes", "Size of the database", now.database_bytes)
        yield GaugeMetricFamily("gongying_disk_free_bytes", "Room left for files", now.disk_free)
        if now.backup_age is not None:
            yield GaugeMetricFamily(
                "gongying_backup_age_seconds", "Since the last backup", now.backup_age.total_seconds()
            )
