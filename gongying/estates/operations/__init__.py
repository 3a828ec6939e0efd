from gongying.estates.operations.places import change_place, change_settings, delete_place, register_place
from gongying.estates.operations.territories import add_scope, end_scope, move_scope

__all__ = [
    "add_scope",
    "change_place",
    "change_settings",
    "delete_place",
    "end_scope",
    "move_scope",
    "register_place",
]
