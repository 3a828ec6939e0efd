"""A moment out of the database is the one that Django would have read."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import DataError, connection
from django.db.backends.postgresql.psycopg_any import register_tzloader

from gongying.common.moments import MomentLoader

pytestmark = pytest.mark.django_db

MOMENTS = [
    "2026-11-21 14:30:00.123456+08",
    "2026-11-21 06:30:00+00",
    "2026-02-28 23:59:59.5+00",
    "0001-01-01 00:00:00+00",
    "9999-12-31 23:59:59.999999+00",
    "1900-01-01 08:00:00+08:05:43",
]
BEYOND = ["infinity", "-infinity", "10000-01-01 00:00:00+00", "0044-03-15 12:00:00+00 BC"]


def read(text: str) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        return cursor.fetchone()[0]


@pytest.fixture
def as_django():
    connection.ensure_connection()
    register_tzloader(UTC, connection.connection)
    yield
    connection.connection.adapters.register_loader("timestamptz", MomentLoader)


def test_every_connection_reads_them_at_once():
    connection.ensure_connection()
    oid = psycopg.adapters.types["timestamptz"].oid
    assert connection.connection.adapters.get_loader(oid, psycopg.pq.Format.TEXT) is MomentLoader
    assert [read(text) for text in MOMENTS] == [datetime.fromisoformat(text) for text in MOMENTS]
    assert {read(text).tzinfo for text in MOMENTS} == {UTC}


@pytest.mark.usefixtures("as_django")
def test_django_reads_the_same():
    assert [(read(text), read(text).tzinfo) for text in MOMENTS] == [
        (datetime.fromisoformat(text), UTC) for text in MOMENTS
    ]


@pytest.mark.parametrize("text", BEYOND)
def test_what_python_has_no_moment_for_is_refused_as_ever(text):
    with pytest.raises(DataError):
        read(text)


def test_where_the_session_has_another_zone_it_is_read_as_django_reads_it():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'Asia/Shanghai'")
    ours = read(MOMENTS[0])
    register_tzloader(UTC, connection.connection)
    try:
        assert read(MOMENTS[0]) == ours
    finally:
        connection.connection.adapters.register_loader("timestamptz", MomentLoader)
