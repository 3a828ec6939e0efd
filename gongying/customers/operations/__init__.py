"""What can be done with people, companies and households; one module per noun."""

from gongying.customers.operations.abuse import record_abuse, settle_abuse
from gongying.customers.operations.consents import give_consent, remove_attribute, set_attribute, withdraw_consent
from gongying.customers.operations.contacts import (
    add_contact_point,
    change_contact_point,
    choose_contact,
    clear_choice,
    dial,
    remove_contact_point,
    reveal_identity,
    reveal_phone,
)
from gongying.customers.operations.headcounts import change_headcount
from gongying.customers.operations.households import (
    Member,
    add_member,
    move_household,
    register_move_in,
    register_move_out,
)
from gongying.customers.operations.merges import merge_parties, undo_merge
from gongying.customers.operations.ownership import transfer_ownership
from gongying.customers.operations.parties import (
    add_role,
    change_party,
    create_party,
    delete_party,
    end_role,
    register_internal_customer,
)
from gongying.customers.operations.vehicles import change_vehicle, dial_keeper, end_vehicle, register_vehicle
from gongying.customers.operations.warnings import end_warning, warn_of

__all__ = [
    "Member",
    "add_contact_point",
    "add_member",
    "add_role",
    "change_contact_point",
    "change_headcount",
    "change_party",
    "change_vehicle",
    "choose_contact",
    "clear_choice",
    "create_party",
    "delete_party",
    "dial",
    "dial_keeper",
    "end_role",
    "end_vehicle",
    "end_warning",
    "give_consent",
    "merge_parties",
    "move_household",
    "record_abuse",
    "register_internal_customer",
    "register_move_in",
    "register_move_out",
    "register_vehicle",
    "remove_attribute",
    "remove_contact_point",
    "reveal_identity",
    "reveal_phone",
    "set_attribute",
    "settle_abuse",
    "transfer_ownership",
    "undo_merge",
    "warn_of",
    "withdraw_consent",
]
