"""The machine kernel against a table of its own, in the real database."""

import itertools

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import isolate_apps

from gongying.common.errors import Refused
from gongying.common.machines import Machine, Transition, append_only

LAMP = Machine(
    "lamp",
    initial=["off"],
    transitions=[
        Transition("switch_on", ["off"], "on"),
        Transition("switch_off", ["on"], "off"),
        Transition("break", ["on", "off"], "broken"),
    ],
)
STATES = ["off", "on", "broken"]


def sql(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def lamps(db):
    with isolate_apps("gongying.common"):

        class Lamp(models.Model):
            class Meta:
                app_label = "common"
                db_table = "lamp"

    sql("CREATE TABLE lamp (id serial PRIMARY KEY, state text NOT NULL, kind text, colour text)")
    for trigger in LAMP.triggers("state", where="NEW.kind IS DISTINCT FROM 'toy'"):
        trigger.install(Lamp)


@pytest.fixture
def diary(db):
    with isolate_apps("gongying.common"):

        class Diary(models.Model):
            class Meta:
                app_label = "common"
                db_table = "diary"

    sql("CREATE TABLE diary (id serial PRIMARY KEY, line text)")
    for trigger in append_only("diary"):
        trigger.install(Diary)
    sql("INSERT INTO diary (line) VALUES ('a')")


def test_the_moves_of_a_table_are_its_sources_times_targets():
    assert LAMP.moves == [("off", "broken"), ("off", "on"), ("on", "broken"), ("on", "off")]


def test_check_gives_the_next_state_or_refuses_with_what_is_possible():
    assert LAMP.check("switch_on", "off") == "on"
    with pytest.raises(Refused) as refusal:
        LAMP.check("switch_on", "broken")
    assert refusal.value.current == {"state": "broken", "possible": []}
    assert [t.verb for t in LAMP.possible("on")] == ["switch_off", "break"]


@pytest.mark.parametrize(("start", "end"), list(itertools.permutations(STATES, 2)))
def test_plain_sql_takes_only_listed_steps(lamps, start, end):
    sql("INSERT INTO lamp (state) VALUES ('off')")
    if start != "off":
        sql("UPDATE lamp SET state = %s", start)

    if (start, end) in LAMP.moves:
        sql("UPDATE lamp SET state = %s", end)
    else:
        with pytest.raises(IntegrityError, match=f"no step from {start} to {end}"):
            sql("UPDATE lamp SET state = %s", end)


@pytest.mark.parametrize("state", ["on", "broken", "nonsense"])
def test_plain_sql_starts_only_in_the_first_state(lamps, state):
    with pytest.raises(IntegrityError, match=f"cannot start in state {state}"):
        sql("INSERT INTO lamp (state) VALUES (%s)", state)


def test_other_columns_are_free_and_rows_of_another_machine_are_left_alone(lamps):
    sql("INSERT INTO lamp (state) VALUES ('off')")
    sql("UPDATE lamp SET colour = 'red'")
    sql("INSERT INTO lamp (state, kind) VALUES ('on', 'toy')")


@pytest.mark.parametrize("attack", ["UPDATE diary SET line = 'b'", "DELETE FROM diary", "TRUNCATE diary"])
def test_a_journal_takes_rows_and_keeps_them(diary, attack):
    with pytest.raises(IntegrityError, match="append-only"):
        sql(attack)
