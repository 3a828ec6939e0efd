"""No migration stops the office: on tables that grow large none takes a lock for as long as it reads the whole table.

What stood here before the first release ran on empty databases (`SINCE`). Later ones are judged by the SQL that they would run.
What to write instead stands beside each rule; a table may be named in `ACCEPTED` with the reason why it is small after all.
"""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.postgres.operations import NotInTransactionMixin
from django.db import connection, migrations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

# The newest migration of each app when this began to be looked at.
SINCE = {
    "accounts": "0004_edition",
    "authority": "0002_deciders_limit",
    "briefings": "0001_initial",
    "checklists": "0003_posts_and_levels",
    "common": "0005_upkeep",
    "custody": "0004_mail_sent_back_for_a_reason",
    "customers": "0009_abusive_contacts",
    "estates": "0006_entrance_edition",
    "events": "0002_guarded_journal",
    "files": "0004_stamped_photos",
    "fitouts": "0002_passes_of_fit_outs",
    "group_chats": "0005_failed_messages",
    "handover": "0001_initial",
    "imports": "0003_header_row",
    "improvements": "0002_measures_after_checks",
    "interactions": "0011_planned_talks",
    "joint_reviews": "0001_initial",
    "mediation": "0002_one_mediation_of_a_matter",
    "moods": "0001_initial",
    "notifications": "0002_fewer_indexes",
    "organization": "0006_declined_offers",
    "reception": "0004_counters",
    "schedule": "0011_attendee_of_staff",
    "servicedesk": "0040_indexes_of_reports",
    "visits": "0001_initial",
}
# Of the tables that `bin/manage volume` fills, or that grow by the day.
LARGE = {
    "checklists_checkrun", "custody_guestpass", "custody_mailitem", "customers_balancesnapshot", "customers_contactpoint",
    "customers_occupancy", "customers_party", "customers_partyrole", "customers_vehicle", "estates_unit", "events_event",
    "events_eventsubject", "files_attachment", "files_attachmentuse", "imports_changedrow", "interactions_interaction",
    "interactions_promise", "notifications_notification", "schedule_attendee", "schedule_calendarevent", "schedule_task",
    "servicedesk_serviceclock", "servicedesk_servicerequest", "servicedesk_stageentry", "servicedesk_workorder", "visits_homevisit",
}  # fmt: skip
ACCEPTED: dict[tuple[str, str], str] = {}  # (migration, table): why

TABLE = r'(?:ONLY\s+)?"?(?P<table>\w+)"?'
RULES = {
    rf"^CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)(?:IF NOT EXISTS )?\S+ ON {TABLE}": "AddIndexConcurrently, with atomic = False",
    rf"^ALTER TABLE {TABLE} ADD CONSTRAINT (?!.*(NOT VALID|USING INDEX)).*\b(CHECK|FOREIGN KEY)": "AddConstraintNotValid, in the next migration ValidateConstraint",
    rf"^ALTER TABLE {TABLE} ADD CONSTRAINT (?!.*USING INDEX).*\b(UNIQUE|EXCLUDE)\b": "the index concurrently, then the constraint USING INDEX; or a new table",
    rf"^ALTER TABLE {TABLE} .*ALTER COLUMN \S+ (SET DATA )?TYPE": "a new column, filled by a job",
    rf"^ALTER TABLE {TABLE} .*ALTER COLUMN \S+ SET NOT NULL": "AddConstraintNotValid of IS NOT NULL, ValidateConstraint, then NOT NULL",
    rf"^ALTER TABLE {TABLE} ADD COLUMN .*(GENERATED ALWAYS AS \(.*\) STORED|DEFAULT [^ ]*\()": "a column without default, filled by a job",
    rf"^UPDATE {TABLE}(?!.*\bLIMIT\b)": "a job that changes some thousand rows at a time",
    rf"^(VACUUM FULL|CLUSTER|LOCK TABLE)\s+{TABLE}": "nothing of the kind",
}


def long_locks(statements: list[str]) -> Iterator[tuple[str, str]]:
    """Each statement on a large table that holds a lock for long, with what to write instead."""
    made_here: set[str] = set()
    for statement in statements:
        text = " ".join(statement.split())
        if made := re.match(rf"CREATE TABLE {TABLE}", text):
            made_here.add(made["table"])
        for rule, instead in RULES.items():
            found = re.match(rule, text, re.IGNORECASE)
            if found and found["table"] in LARGE - made_here:
                yield text, instead


@pytest.mark.long
@pytest.mark.django_db
def test_no_new_migration_locks_a_large_table_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    # Nothing is run here: what may not run in a transaction is only asked what it would run.
    monkeypatch.setattr(NotInTransactionMixin, "_ensure_not_in_transaction", lambda *_arguments: None)
    wrong = [
        f"{name}: {text[:160]}\n    instead: {instead}"
        for name, statements in planned()
        for text, instead in long_locks(statements)
        if (name, table_of(text)) not in ACCEPTED
    ]

    assert wrong == []


def planned() -> Iterator[tuple[str, list[str]]]:
    """What each migration since then would run."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    state = ProjectState(real_apps=executor.loader.unmigrated_apps)
    for migration, _backwards in plan:
        if migration.name > SINCE.get(migration.app_label, "~"):
            yield f"{migration.app_label}.{migration.name}", sql_of(migration, state)
        else:
            migration.mutate_state(state, preserve=False)


def sql_of(migration: migrations.Migration, state: ProjectState) -> list[str]:
    with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
        migration.apply(state, editor, collect_sql=True)
    return list(editor.collected_sql)


def table_of(text: str) -> str:
    return next(match["table"] for rule in RULES if (match := re.match(rule, text, re.IGNORECASE)))


def test_every_app_has_its_line() -> None:
    """A new app gets `""`: its tables are made by its own migrations."""
    own = {config.label for config in apps.get_app_configs() if config.name.startswith("gongying.")}

    assert sorted(SINCE) == sorted(own & {label for label, _name in MigrationLoader(None).graph.nodes})
    assert sorted(LARGE - {model._meta.db_table for model in apps.get_models()}) == []


JUDGED = {
    'CREATE INDEX "a" ON "events_event" ("verb")': True,
    'CREATE UNIQUE INDEX "a" ON "events_event" ("verb")': True,
    'CREATE INDEX CONCURRENTLY "a" ON "events_event" ("verb")': False,
    'CREATE INDEX "a" ON "reception_visitpurpose" ("name")': False,
    'ALTER TABLE "estates_unit" ADD CONSTRAINT "a" CHECK ("floor" > 0)': True,
    'ALTER TABLE "estates_unit" ADD CONSTRAINT "a" CHECK ("floor" > 0) NOT VALID': False,
    'ALTER TABLE "estates_unit" ADD CONSTRAINT "a" FOREIGN KEY ("x") REFERENCES "y" ("id") DEFERRABLE': True,
    'ALTER TABLE "estates_unit" ADD CONSTRAINT "a" UNIQUE ("code")': True,
    'ALTER TABLE "estates_unit" ADD CONSTRAINT "a" UNIQUE USING INDEX "b"': False,
    'ALTER TABLE "estates_unit" VALIDATE CONSTRAINT "a"': False,
    'ALTER TABLE "customers_party" ALTER COLUMN "name" TYPE text USING "name"::text': True,
    'ALTER TABLE "customers_party" ALTER COLUMN "name" SET NOT NULL': True,
    'ALTER TABLE "customers_party" ADD COLUMN "a" integer DEFAULT 0 NOT NULL': False,
    'ALTER TABLE "customers_party" ADD COLUMN "a" uuid DEFAULT gen_random_uuid() NOT NULL': True,
    'ALTER TABLE "customers_party" ALTER COLUMN "a" DROP DEFAULT': False,
    'UPDATE "customers_party" SET "name" = upper("name")': True,
}


@pytest.mark.parametrize(("statement", "is_long"), JUDGED.items(), ids=JUDGED)
def test_long_locks_are_told_from_short_ones(statement: str, is_long: bool) -> None:
    assert bool(list(long_locks([statement]))) is is_long


def test_a_table_that_is_made_in_the_same_migration_is_empty() -> None:
    assert not list(
        long_locks(['CREATE TABLE "events_event" ("id" bigint)', 'CREATE INDEX "a" ON "events_event" ("verb")'])
    )
