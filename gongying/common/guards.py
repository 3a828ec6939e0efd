"""Triggers that guard the data against every writer, plain SQL included."""

from typing import Any

import pgtrigger
from pgtrigger import compiler

# pgtrigger's own template lets any session switch a trigger off (`SET pgtrigger.ignore`): a guard must not listen to that.
SKIP = """
                    IF ({ignore_func_name}(TG_NAME) IS TRUE) THEN
                        IF (TG_OP = 'DELETE') THEN
                            RETURN OLD;
                        ELSE
                            RETURN NEW;
                        END IF;
                    END IF;"""


class GuardSql(compiler.UpsertTriggerSql):
    """The SQL of a trigger that no session setting switches off."""

    def get_template(self) -> str:
        template = super().get_template()
        without = template.replace(SKIP, "")
        if without == template:
            raise NotImplementedError("pgtrigger changed its template: look again at how triggers are skipped")
        return without


class Guard(pgtrigger.Trigger):
    def compile(self, model: Any) -> compiler.Trigger:
        compiled = super().compile(model)
        return compiler.Trigger(name=self.name, sql=GuardSql(**compiled.sql.kwargs))


def refuse_when(condition: str, message: str) -> str:
    """PL/pgSQL: raise a check violation where `condition` is true."""
    return f"IF {condition} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END IF;\n"
