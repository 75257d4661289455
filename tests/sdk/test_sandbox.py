"""The built-in provider: everything can be tried with no account anywhere."""

import openai
import pytest

from answers import ask, user


def test_the_echo_answers_with_what_was_said(client, streamed):
    got = ask(client, streamed, model="sandbox/echo", messages=user("a toll gate, please"))
    assert got.text == "a toll gate, please"
    assert got.headers["x-tollgate-provider"] == "sandbox"
    assert got.cost > 0


def test_the_long_one_streams_many_pieces(client):
    stream = client.chat.completions.create(
        model="sandbox/long", messages=user("line"), max_tokens=4000, stream=True
    )
    assert sum(1 for chunk in stream if chunk.choices) > 100


def test_the_tool_is_called(client, streamed):
    tool = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}
    got = ask(client, streamed, model="sandbox/tool", messages=user("weather?"), tools=[tool])
    assert got.finish == "tool_calls"
    assert got.tool_calls[0]["name"] == "get_weather"


@pytest.mark.parametrize(
    ("model", "status", "reason"),
    [
        ("fail-400", 400, "upstream_rejected"),
        ("fail-401", 503, "upstream_auth_failed"),
        ("fail-402", 503, "upstream_account_unfunded"),
        ("fail-429", 429, "upstream_rate_limited"),
        ("fail-500", 502, "upstream_error"),
        ("fail-503", 503, "upstream_overloaded"),
        ("fail-malformed", 502, "upstream_bad_response"),
    ],
)
def test_each_failure_has_its_reason(tollgate, model, status, reason):
    once = openai.OpenAI(base_url=tollgate.url, api_key=tollgate.key, max_retries=0)
    with pytest.raises(openai.APIStatusError) as caught:
        ask(once, False, model=f"sandbox/{model}", messages=user("hello"))
    answer = caught.value.response
    assert (answer.status_code, answer.headers["x-tollgate-reason"]) == (status, reason)


def test_the_operators_empty_account_is_never_the_callers_402(client, tollgate):
    with pytest.raises(openai.APIStatusError) as caught:
        ask(client, False, model="sandbox/fail-402", messages=user("hello"))
    assert caught.value.status_code == 503
    assert caught.value.response.headers["x-should-retry"] == "false"
