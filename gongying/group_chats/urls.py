from django.urls import path

from gongying.group_chats.views import bots, texts

app_name = "group_chats"

urlpatterns = [
    path("group-bots/", bots.index, name="bot-index"),
    path("group-bots/new/", bots.new, name="bot-new"),
    path("group-bots/<int:bot_id>/", bots.show, name="bot-show"),
    path("group-bots/<int:bot_id>/edit/", bots.edit, name="bot-edit"),
    path("group-bots/<int:bot_id>/test/", bots.test, name="bot-test"),
    path("group-bots/<int:bot_id>/messages/<int:message_id>/retry/", bots.retry, name="message-retry"),
    path("group-texts/<slug:kind>/<int:pk>/", texts.show, name="text-show"),
]
