"""Providers of every dialect that drop, garble, hang up, limit or dawdle, as aimock plays them, and what
is left of that at a caller's end."""

from decimal import Decimal

import openai
import pytest

from answers import ask, user
from harness import CHAOTIC, MISCHIEF

# What a mischief is called on record, and as what a caller may read it.
FAILURES = {
    "drops": ({"server_error"}, {500, 502, 503}),
    "garbles": ({"bad_response"}, {502}),
    "hangs-up": ({"unreachable", "bad_response"}, {502, 503}),
    "limits": ({"rate_limited"}, {429}),
}


@pytest.fixture
def once(tollgate):
    """A client that does not try again."""
    with openai.OpenAI(base_url=tollgate.url, api_key=tollgate.key, max_retries=0) as client:
        yield client


@pytest.mark.parametrize("name", CHAOTIC)
@pytest.mark.parametrize("mischief", MISCHIEF)
def test_a_failure_of_every_dialect_is_told_as_what_it_is_and_free(once, tollgate, name, mischief, streamed):
    with pytest.raises(openai.APIStatusError) as caught:
        ask(once, streamed, model=f"{name}-{mischief}/mock-1", messages=user("hello"))
    answer = caught.value.response
    failures, statuses = FAILURES[mischief]
    assert answer.status_code in statuses, answer.text
    assert answer.json()["error"]["message"]
    record = tollgate.call(answer.headers["x-tollgate-call"])
    # One that failed often enough rests for a moment, and then nobody is asked.
    assert {attempt["failure"] for attempt in record.get("attempts", [])} <= failures
    assert Decimal(record["cost"]) == 0
    assert all(Decimal(charge["taken"]) == 0 for charge in record.get("charges", []))


@pytest.mark.parametrize("name", CHAOTIC)
def test_a_provider_that_dawdles_is_waited_for(once, name, streamed):
    got = ask(once, streamed, model=f"{name}-dawdles/mock-1", messages=user("hello"))
    assert got.text.startswith("Good morning")
