from datetime import datetime
from zoneinfo import ZoneInfo


def shanghai(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
