from django.db.migrations.state import ProjectState
from pgtrigger import migrations


class AddTrigger(migrations.AddTrigger):
    """Adds a trigger without building every model around it anew, which is what makes a hundred of them slow.

    A trigger is compiled when the migration is written; no model class needs to know it.
    """

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        model_state = state.models[app_label, self.model_name]
        model_state.options["triggers"] = [*model_state.options.get("triggers", []), self.trigger]
