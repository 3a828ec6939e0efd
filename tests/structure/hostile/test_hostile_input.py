"""Every form and every address of the product with hostile and clumsy values.

The forms are read from the pages themselves, so a new one is tried by itself; each starts from one valid filling.
A value is either kept literally and shown inert, or refused (4xx) with the field named in the reader's language;
then nothing at all was written. What a page cannot say of itself (a word for an empty field) stands in `values.py`,
which pages there are in `pages.py`: those of the URL table, every step of a case that asks for something, and a few more.

What is tried in every field of every form: all values of its kind in `values.py`, for a text one as long as the form
allows, nothing, an empty value, somebody else's row. The n-th values of all fields go together: a field that is named
keeps its own value then and the rest is sent again, until all are taken or named; where an answer names none, each is
sent alone. Parameters of an address go together twice with other values, and once each alone; of the files
each field gets every second. English is read once per form.

What is not tried here: a form in other states of its case than the first that has it; the API (`tests/api/test_fuzz.py`); what files contain, past
a few pictures that are none (`tests/files/test_attachments.py`: `HOSTILE`; `tests/imports/test_import_pages.py`:
`test_hostile_upload_is_refused_beside_its_field`; `tests/imports/test_workbooks.py`: `test_zip_bomb_is_refused`); bodies
that are too large (`tests/files/test_attachments.py`: `test_two_hundred_megabytes_are_refused_before_they_are_read`;
`tests/imports/test_import_pages.py`: `test_large_upload_is_refused`).
"""

from dataclasses import replace

import pytest
from django.db import transaction
from django.forms import BaseForm
from django.utils.html import escape

from tests.structure.hostile.attempts import Attempts
from tests.structure.hostile.page_forms import what_acts
from tests.structure.hostile.pages import PAGES, Page
from tests.structure.hostile.values import MARK, TEXTS
from tests.structure.hostile.world import World

# Never sent by themselves: other forms are made of them, or nobody takes them.
PARTS = {
    "gongying.authority.forms.LimitForm",
    "gongying.common.views.styleguide.SampleForm",
    "gongying.custody.forms.fields.PlacedForm",
    "gongying.custody.forms.guests.AgreedForm",
    "gongying.customers.forms.people.PersonForm",
    "gongying.customers.forms.people.PlaceFields",
    "gongying.estates.forms.PlaceForm",
    "gongying.fitouts.forms.DaysForm",
    "gongying.interactions.forms.letters.SlipsForm",
    "gongying.mediation.forms.SidesForm",
    "gongying.reports.forms.PeriodForm",
    "gongying.schedule.repeat_forms.RepeatForm",
    "gongying.schedule.repeat_forms.ScopeForm",
    "gongying.servicedesk.forms.amounts.AmountForm",
    "gongying.servicedesk.forms.service_times.VersionForm",
    "gongying.servicedesk.forms.steps.StepForm",
}


# Behind the password, asked for once more (`tests/accounts/test_two_step_login.py`); sent by a script while one types
# (`tests/reception/test_desk.py`); one of three buttons, never shown as a form (`tests/schedule/test_planner_pages.py`,
# `tests/schedule/test_task_pages.py`); the second page of a pasted chat (`tests/interactions/test_chats.py`).
ELSEWHERE = {
    "gongying.accounts.forms.ActivateTOTPForm",
    "gongying.interactions.forms.chats.ChatLinesForm",
    "gongying.reception.forms.NotesForm",
    "gongying.schedule.plan_forms.AnswerForm",
    "gongying.schedule.task_forms.MoveForm",
    "gongying.schedule.task_forms.SnoozeForm",
}


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_page_takes_hostile_values_or_names_what_is_wrong(world: World, page: Page) -> None:
    with transaction.atomic():
        wrong = list(Attempts(world, page).complaints())
        transaction.set_rollback(True)
        world.sample.made.clear()

    # Not compared with an empty list: pytest would take minutes to show how two lists of long texts differ.
    assert not wrong, "\n".join(wrong)


@pytest.mark.long
@pytest.mark.django_db
def test_no_form_of_the_product_escapes(world: World) -> None:
    """A form class that no page above sends needs a page of its own in `pages.py`."""
    world = replace(world, tried=set())
    met: set[type[BaseForm]] = set()
    for page in PAGES:
        with transaction.atomic():
            attempts = Attempts(world, page)
            if attempts.html:
                met |= attempts.form_classes()
            transaction.set_rollback(True)
            world.sample.made.clear()

    assert {name_of(one) for one in all_forms() - met} == PARTS | ELSEWHERE


@pytest.mark.parametrize("text", [text for text in TEXTS.values() if "<" in text])
@pytest.mark.parametrize("around", ["<p>{}</p>", '<input value="{}">', "<textarea>{}</textarea>"])
def test_a_text_that_acts_is_noticed_where_it_is_let_out(text: str, around: str) -> None:
    let_out = "</textarea>" + text if "textarea" in around else text

    assert what_acts(around.format(let_out), mark=MARK)
    assert not what_acts(around.format(escape(let_out)), mark=MARK)


def all_forms(of: type[BaseForm] = BaseForm) -> set[type[BaseForm]]:
    below = {one for each in of.__subclasses__() for one in {each, *all_forms(each)}}
    return {one for one in below if one.__module__.startswith("gongying.")}


def name_of(form: type[BaseForm]) -> str:
    return f"{form.__module__}.{form.__qualname__}"
