from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where something is, as ids: the whole project, a building of it, or an entrance of that."""

    project_id: int | None = None
    building_id: int | None = None
    entrance_id: int | None = None

    def __bool__(self) -> bool:
        return self.project_id is not None
