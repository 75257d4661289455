"""Providers that fail, and what is left of that at the caller's end."""

from decimal import Decimal

import openai
import pytest

from answers import ask, user
from harness import cost


def attempts(record: dict) -> list[tuple]:
    return [(a["provider"], a.get("status"), a.get("failure")) for a in record["attempts"]]


def test_a_provider_that_answers_500_is_failed_over(client, tollgate, streamed):
    got = ask(client, streamed, model="sturdy", messages=user("hello"))
    assert got.text.startswith("Good morning")
    assert got.headers["x-tollgate-provider"] == "openai-side"
    record = tollgate.call(got.call)
    assert Decimal(record["cost"]) == cost(11, 7)
    # Once it has failed often enough, the first target is passed over; until then it is tried.
    assert attempts(record) in (
        [("dropping", 500, "server_error"), ("openai-side", 200, None)],
        [("openai-side", 200, None)],
    )


def test_an_answer_that_is_no_json_is_failed_over(client, tollgate, streamed):
    got = ask(client, streamed, model="patient", messages=user("hello"))
    assert got.text.startswith("Good morning")
    assert got.headers["x-tollgate-provider"] == "anthropic-side"
    record = tollgate.call(got.call)
    assert attempts(record) in (
        [("garbling", 200, "bad_response"), ("anthropic-side", 200, None)],
        [("anthropic-side", 200, None)],
    )


@pytest.mark.parametrize(
    ("provider", "reasons"),
    [
        ("dropping", {"upstream_error"}),
        ("garbling", {"upstream_bad_response"}),
        ("hanging-up", {"upstream_unreachable", "upstream_bad_response"}),
    ],
)
def test_where_no_other_target_is_left_it_is_a_502_and_free(tollgate, provider, reasons, streamed):
    once = openai.OpenAI(base_url=tollgate.url, api_key=tollgate.key, max_retries=0)
    with pytest.raises(openai.InternalServerError) as caught:
        ask(once, streamed, model=f"{provider}/mock-1", messages=user("hello"))
    answer = caught.value.response
    assert answer.status_code in (502, 503)
    assert answer.headers["x-tollgate-reason"] in reasons
    record = tollgate.call(answer.headers["x-tollgate-call"])
    assert record["ending"] == "refused"
    assert Decimal(record["cost"]) == 0
    assert all(Decimal(charge["taken"]) == 0 for charge in record.get("charges", []))


def charged_within_the_hold(record: dict) -> None:
    """Something was held for the call, and no more than that was taken."""
    [charge] = record["charges"]
    assert charge["account"] == "wallet/purse"
    assert 0 <= Decimal(charge["taken"]) <= Decimal(charge["held"])


@pytest.fixture
def payer(client_of, tollgate):
    """A client of a team that pays from its wallet."""
    tollgate.cli("wallet", "credit", "purse", "1.00", "--reason", "test")
    return client_of("purse")


def test_a_stream_that_breaks_off_is_an_error_at_the_caller(payer, tollgate, upstream):
    raw = payer.chat.completions.with_raw_response.create(
        model=f"{upstream}/mock-1", messages=user("break off"), max_tokens=100, stream=True
    )
    text = ""
    with pytest.raises(openai.APIError):
        for chunk in raw.parse():
            text += chunk.choices[0].delta.content or ""
    assert text and "This sentence is long enough".startswith(text[:28])
    record = tollgate.call(raw.headers["x-tollgate-call"])
    assert record["ending"] == "upstream_cut"
    assert Decimal(record["cost"]) > 0, "what was delivered is paid for"
    charged_within_the_hold(record)


def test_a_caller_that_hangs_up_pays_for_what_it_got(payer, tollgate):
    raw = payer.chat.completions.with_raw_response.create(
        model="sandbox/slow", messages=user("one two three four five six"), max_tokens=4000, stream=True
    )
    stream = raw.parse()
    for chunk in stream:
        if chunk.choices[0].delta.content:
            break
    stream.close()
    record = tollgate.call(raw.headers["x-tollgate-call"])
    assert record["ending"] == "client_gone"
    assert record["usage_quality"] == "estimated"
    charged_within_the_hold(record)
    assert 0 < Decimal(record["cost"])
