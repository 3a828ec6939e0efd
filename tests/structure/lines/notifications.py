from gongying.events.operations import record_event
from gongying.notifications.models import Notification
from gongying.notifications.operations import notify
from tests.structure.url_matrix import Sample, action, api, page

OWN = "everybody has her own notifications, and nobody sees another's"


def a_notification(sample: Sample) -> Notification:
    """Somebody else's: it does not exist for whoever asks."""
    notify(record_event("digest.made", by=None, subjects=[]), to=[sample.user])
    return Notification.objects.filter(user=sample.user).latest("pk")


OBJECTS = {"notification": a_notification}

LINES = [
    page("notifications:notification-index", reason=OWN),
    page("notifications:bell-show", reason=OWN),
    page(
        "notifications:notification-show", notification_id="notification", place=False, allowed=(302, 404), reason=OWN
    ),
    action("notifications:notification-read", data={}, reason=OWN),
    action("notifications:digest-update", data={"at": "07:30"}, reason=OWN),
    api("GET /notifications", reason=OWN),
    api(
        "POST /notifications/{notification_id}/read",
        notification_id="notification",
        place=False,
        allowed=(200, 404),
        reason=OWN,
    ),
    api("POST /notifications/read", data={}, reason=OWN),
    api("GET /notifications/digest", reason=OWN),
    api("PUT /notifications/digest", data={"at": "07:30"}, reason=OWN),
]
