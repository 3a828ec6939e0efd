from django.urls import path

from gongying.custody.views import gate, guest_lists, guest_page, guests, keys, loans, mail, passes

app_name = "custody"

urlpatterns = [
    path("keys/", keys.index, name="key-index"),
    path("keys/new/", keys.create, name="key-create"),
    path("keys/<int:key_id>/", keys.show, name="key-show"),
    path("keys/<int:key_id>/edit/", keys.edit, name="key-edit"),
    path("keys/<int:key_id>/end/", keys.end, name="key-end"),
    path("keys/<int:key_id>/loan/", loans.create, name="loan-create"),
    path("keys/of-unit/<int:unit_id>/", keys.of_unit, name="unit-keys"),
    path("key-loans/<int:loan_id>/extension/", loans.extend, name="loan-extend"),
    path("key-loans/<int:loan_id>/return/", loans.give_back, name="loan-return"),
    path("passes/", passes.index, name="pass-index"),
    path("passes/new/", passes.create, name="pass-create"),
    path("passes/new/arrears/", passes.arrears, name="pass-arrears"),
    path("passes/<int:pass_id>/", passes.show, name="pass-show"),
    path("passes/<int:pass_id>/paper/", passes.paper, name="pass-paper"),
    path("passes/<int:pass_id>/withdrawal/", passes.void, name="pass-void"),
    path("mail/", mail.index, name="mail-index"),
    path("mail/new/", mail.create, name="mail-create"),
    path("mail/<int:item_id>/", mail.show, name="mail-show"),
    path("mail/<int:item_id>/out/", mail.hand_out, name="mail-out"),
    path("mail/<int:item_id>/back/", mail.send_back, name="mail-back"),
    path("mail/<int:item_id>/told/", mail.told, name="mail-told"),
    path("mail/of-unit/<int:unit_id>/", mail.of_unit, name="unit-mail"),
    path("guests/", guests.index, name="guest-index"),
    path("guests/new/", guests.create, name="guest-create"),
    path("guests/new/list/", guest_lists.create, name="guest-list-create"),
    path("guests/<int:guest_id>/", guests.show, name="guest-show"),
    path("guests/<int:guest_id>/confirmation/", guests.confirm, name="guest-confirm"),
    path("guests/<int:guest_id>/withdrawal/", guests.withdraw, name="guest-withdraw"),
    path("guests/<int:guest_id>/paper/", guests.paper, name="guest-paper"),
    path("guests/of-unit/<int:unit_id>/", guests.of_unit, name="unit-guests"),
    path("guest/<str:token>/", guest_page.show, name="guest-own"),
    path("gate/", gate.show, name="gate-show"),
    path("gate/passes/<int:pass_id>/", gate.release, name="pass-use"),
    path("gate/guests/<int:guest_id>/in/", gate.let_in, name="guest-in"),
    path("gate/guests/<int:guest_id>/out/", gate.let_out, name="guest-out"),
]
