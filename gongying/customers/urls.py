from django.urls import path

from gongying.customers.views import consents, contacts, headcounts, households, merges, moves, parties, vehicles

app_name = "customers"

urlpatterns = [
    path("households/", households.index, name="unit-index"),
    path("households/<int:pk>/", households.show, name="household-show"),
    path("households/<int:pk>/moves/new", moves.create, name="move-create"),
    path("households/<int:pk>/owners/new", moves.transfer, name="ownership-transfer"),
    path("households/<int:pk>/vehicles/new", vehicles.create, name="vehicle-create"),
    path("occupancies/<int:pk>/end", moves.end, name="occupancy-end"),
    path("occupancies/<int:pk>/members/new", moves.add, name="member-create"),
    path("occupancies/<int:pk>/contacts", contacts.choose, name="contact-choose"),
    path("customers/", parties.index, name="party-index"),
    path("customers/new", parties.create, name="party-create"),
    path("customers/colleagues/new", parties.create_internal, name="internal-create"),
    path("customers/duplicates", merges.candidates, name="duplicate-index"),
    path("customers/<int:pk>/", parties.show, name="party-show"),
    path("customers/<int:pk>/edit", parties.edit, name="party-edit"),
    path("customers/<int:pk>/delete", parties.destroy, name="party-destroy"),
    path("customers/<int:pk>/roles/new", parties.give_role, name="role-create"),
    path("customers/<int:pk>/contacts/new", contacts.create, name="contact-create"),
    path("customers/<int:pk>/identity", contacts.reveal_id, name="identity-reveal"),
    path("customers/<int:pk>/consents/new", consents.create, name="consent-create"),
    path("customers/<int:pk>/profile/new", consents.note, name="attribute-create"),
    path("customers/<int:pk>/headcounts/new", headcounts.create, name="headcount-create"),
    path("customers/<int:pk>/merges/new", merges.create, name="merge-create"),
    path("roles/<int:pk>/end", parties.take_role, name="role-end"),
    path("contacts/<int:pk>/edit", contacts.edit, name="contact-edit"),
    path("contacts/<int:pk>/delete", contacts.destroy, name="contact-destroy"),
    path("contacts/<int:pk>/reveals", contacts.reveal, name="contact-reveal"),
    path("contacts/<int:pk>/calls", contacts.call, name="call-create"),
    path("consents/<int:pk>/withdrawal", consents.withdraw, name="consent-withdraw"),
    path("profile/<int:pk>/delete", consents.forget, name="attribute-destroy"),
    path("merges/<int:pk>/undo", merges.undo, name="merge-undo"),
    path("vehicles/", vehicles.index, name="vehicle-index"),
    path("vehicles/<int:pk>/edit", vehicles.edit, name="vehicle-edit"),
    path("vehicles/<int:pk>/end", vehicles.end, name="vehicle-end"),
    path("vehicles/<int:pk>/calls", vehicles.call, name="vehicle-call"),
]
