from gongying.checklists.models.lists import CheckItem, CheckList
from gongying.checklists.models.phrases import Phrase
from gongying.checklists.models.runs import CheckRun, Tick

__all__ = ["CheckItem", "CheckList", "CheckRun", "Phrase", "Tick"]
