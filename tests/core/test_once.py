"""One form, one thing: what is found is not made again, and of two at once one makes it."""

import pytest
from django.db import IntegrityError
from django.utils import timezone

from core.models import Status
from core.once import once

pytestmark = pytest.mark.django_db
SENT = Status.objects.filter(key="form")


def write(value: str) -> Status:
    return Status.objects.create(key="form", value=value, at=timezone.now())


def test_what_is_there_is_not_made_again():
    first = once(SENT.all().first, lambda: write("one"))
    again = once(SENT.all().first, lambda: write("two"))
    assert (first.value, again.value, SENT.all().count()) == ("one", "one", 1)


def test_who_is_second_at_the_same_moment_gets_what_the_first_made():
    def other_first() -> Status:
        # Written between our looking and our writing, by another request.
        Status.objects.bulk_create([Status(key="form", value="theirs", at=timezone.now())])
        return write("ours")

    looks = iter([None, Status(key="form", value="theirs", at=timezone.now())])
    assert once(lambda: next(looks), other_first).value == "theirs"
    assert not SENT.all().exists()  # what the second had begun is undone


def test_a_refusal_of_the_database_for_another_reason_goes_on():
    write("there")
    with pytest.raises(IntegrityError):
        once(lambda: None, lambda: write("again"))
