from gongying.estates.operations.territories import add_scope, end_scope, move_scope

__all__ = ["add_scope", "end_scope", "move_scope"]
