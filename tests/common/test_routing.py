"""An app's addresses are found by their first word, and are the same as without that."""

import pytest
from django.urls import Resolver404, include, path, resolve
from django.urls.resolvers import RoutePattern

from gongying.common.routing import AddressesOfApp
from tests.structure.urls import own_pages


def page(*_given: object) -> None: ...


def addresses(*patterns: object) -> AddressesOfApp:
    return AddressesOfApp(RoutePattern(""), list(patterns), app_name="app", namespace="app")


def test_the_page_is_the_one_that_plain_addresses_lead_to() -> None:
    found = addresses(
        path("", page, name="home"), path("jobs/", page, name="jobs"), path("jobs/<int:pk>/", page, name="job")
    )

    assert [found.resolve(at).view_name for at in ("", "jobs/", "jobs/7/")] == ["app:home", "app:jobs", "app:job"]
    assert found.resolve("jobs/7/").kwargs == {"pk": 7}
    for at in ("job/", "jobs/x/", "7/"):
        with pytest.raises(Resolver404):
            found.resolve(at)


def test_parts_that_are_included_keep_their_place() -> None:
    found = addresses(path("jobs/", include(([path("late/", page, name="late")], "work"))))

    assert found.resolve("jobs/late/").view_name == "app:work:late"


def test_an_address_without_a_first_word_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with no word"):
        addresses(path("<int:pk>/", page)).resolve("7/")


def test_every_address_without_a_number_is_found() -> None:
    plain = [route for route in own_pages() if "<" not in route.path]

    assert len(plain) > 100
    for route in plain:
        assert resolve(f"/{route.path}".replace("//", "/")).view_name == route.name
