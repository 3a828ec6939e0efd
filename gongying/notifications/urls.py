from django.urls import path

from gongying.notifications.views import digests, notifications

app_name = "notifications"

urlpatterns = [
    path("notifications/", notifications.index, name="notification-index"),
    path("notifications/bell/", notifications.bell, name="bell-show"),
    path("notifications/read/", notifications.read, name="notification-read"),
    path("notifications/digest/", digests.update, name="digest-update"),
    path("notifications/<int:notification_id>/", notifications.show, name="notification-show"),
]
