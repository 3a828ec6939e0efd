from django.urls import path

from gongying.interactions.views import chats, contacts, interactions, letters, plans, promises, reasons, repeats

app_name = "interactions"

urlpatterns = [
    path("interactions/", interactions.index, name="interaction-index"),
    path("interactions/paste/", chats.new, name="chat-new"),
    path("interactions/new/", contacts.new, name="contact-new"),
    path("interactions/<int:interaction_id>/", interactions.show, name="interaction-show"),
    path("interactions/<int:interaction_id>/participants/", contacts.participants, name="participants-edit"),
    path("interactions/<int:interaction_id>/edit/", interactions.edit, name="interaction-edit"),
    path("interactions/<int:interaction_id>/update/", interactions.update, name="interaction-update"),
    path("interactions/<int:interaction_id>/repeat/", repeats.create, name="repeat-create"),
    path("interactions/<int:interaction_id>/repeat/destroy/", repeats.destroy, name="repeat-destroy"),
    path("counterparts/", plans.index, name="plan-index"),
    path("counterparts/new/", plans.new, name="plan-new"),
    path("counterparts/<int:plan_id>/", plans.show, name="plan-show"),
    path("counterparts/<int:plan_id>/edit/", plans.edit, name="plan-edit"),
    path("counterparts/<int:plan_id>/end/", plans.end, name="plan-end"),
    path("counterparts/<int:plan_id>/talk/", plans.talk, name="talk-plan"),
    path("counterparts/<int:plan_id>/talk/card/", plans.card, name="talk-card"),
    path("counterparts/<int:plan_id>/tick/", plans.tick, name="plan-tick"),
    path("counterparts/guides/<int:guide_id>/", plans.guide, name="guide-edit"),
    path("letters/", letters.index, name="letter-index"),
    path("letters/new/", letters.new, name="letter-new"),
    path("letters/<int:letter_id>/answer/", letters.answer, name="letter-answer"),
    path("boxes/new/", letters.new_box, name="box-new"),
    path("boxes/<int:box_id>/edit/", letters.edit_box, name="box-edit"),
    path("boxes/<int:box_id>/open/", letters.open_it, name="box-open"),
    path("boxes/<int:box_id>/take-down/", letters.take_down, name="box-take-down"),
    path("settings/reasons/", reasons.index, name="reason-index"),
    path("settings/reasons/new/", reasons.new, name="reason-new"),
    path("settings/reasons/<int:reason_id>/", reasons.edit, name="reason-edit"),
    path("settings/reasons/<int:reason_id>/retire/", reasons.retire, name="reason-retire"),
    path("settings/reasons/<int:reason_id>/take-up/", reasons.take_up, name="reason-take-up"),
    path("promises/", promises.index, name="promise-index"),
    path("promises/figures/", promises.figures, name="promise-figures"),
    path("units/<int:unit_id>/promises/", promises.count_of_unit, name="unit-promises"),
    path("promises/<int:promise_id>/", promises.show, name="promise-show"),
    path("promises/<int:promise_id>/keeping/", promises.keep, name="keeping-create"),
]
