from django.urls import path

from gongying.files.views import attachments, thumbnails

app_name = "files"

urlpatterns = [
    path("<int:attachment_id>/", attachments.show, name="attachment-show"),
    path("<int:attachment_id>/thumbnail/", thumbnails.show, name="thumbnail-show"),
]
