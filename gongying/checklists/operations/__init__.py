from gongying.checklists.operations.lists import Item, give_up_list, write_list
from gongying.checklists.operations.phrases import save_phrase
from gongying.checklists.operations.runs import Mark, finish_run, start_run, tick_items

__all__ = ["Item", "Mark", "finish_run", "give_up_list", "save_phrase", "start_run", "tick_items", "write_list"]
