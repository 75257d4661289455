"""What happens when money is short, as the SDK's user sees it."""

from decimal import Decimal

import openai
import pytest

from answers import ask, user
from harness import cost


def test_a_spent_budget_is_a_429_that_is_not_tried_again(client_of, tollgate, upstream):
    client = client_of("capped")
    before = tollgate.taps[upstream].count()
    with pytest.raises(openai.RateLimitError) as caught:
        client.chat.completions.create(
            model=f"{upstream}/mock-1", messages=user("hello"), max_tokens=100
        )
    answer = caught.value.response
    assert answer.headers["x-tollgate-reason"] == "budget_exceeded"
    assert answer.headers["x-should-retry"] == "false"
    assert caught.value.type == "insufficient_quota"
    assert tollgate.taps[upstream].count() == before, "nothing was bought"
    record = tollgate.call(answer.headers["x-tollgate-call"])
    assert record["ending"] == "refused"
    assert record["refusal"]["rule"]["name"] == "capped-month"
    assert Decimal(record["cost"]) == 0
    refused = [call for call in tollgate.api("calls?application=capped")["items"]]
    again = [call for call in refused if call["id"] > record["id"]]
    assert again == [], "the SDK sent it once"


def test_an_empty_wallet_is_a_402_that_says_how_much_is_missing(tollgate, client_of, streamed):
    team = f"empty-{'streamed' if streamed else 'whole'}"
    tollgate.cli("team", "create", team, "--prepaid")
    tollgate.cli("application", "create", team, "--team", team)
    client = client_of(team)
    request = {"model": "anthropic-side/mock-1", "messages": user("hello")}

    with pytest.raises(openai.APIStatusError) as caught:
        ask(client, streamed, **request)
    refused = caught.value
    assert refused.status_code == 402
    assert refused.code == "balance_exhausted"
    problem = refused.response.json()
    assert problem["reason"] == refused.code
    assert problem["money"]["currency"] == "USD"
    assert Decimal(problem["money"]["available"]) == 0
    assert Decimal(problem["money"]["required"]) >= cost(11, 100)
    assert problem["fix"]
    assert refused.response.headers["cache-control"] == "no-store"

    tollgate.cli("wallet", "credit", team, "0.00001", "--reason", "not enough")
    with pytest.raises(openai.APIStatusError) as caught:
        ask(client, streamed, **request)
    assert caught.value.status_code == 402
    assert caught.value.code == "hold_exceeds_balance"
    money = caught.value.response.json()["money"]
    assert Decimal(money["available"]) == Decimal("0.00001")

    tollgate.cli("wallet", "credit", team, "1.00", "--reason", "top-up")
    got = ask(client, streamed, **request)
    assert got.cost == cost(11, 7)
    tollgate.call(got.call)
    assert tollgate.balance(team) == Decimal("1.00001") - cost(11, 7)


def test_a_refused_call_is_explained(tollgate, client_of):
    client = client_of("capped")
    with pytest.raises(openai.RateLimitError) as caught:
        client.chat.completions.create(
            model="openai-side/mock-1", messages=user("hello"), max_tokens=100
        )
    call = caught.value.response.headers["x-tollgate-call"]
    tollgate.call(call)
    story = tollgate.cli("explain", call)
    for word in ("budget_exceeded", "capped-month", "admit"):
        assert word in story, story
