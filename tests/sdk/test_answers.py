"""Answers of three upstreams, whole and streamed, through the unchanged OpenAI SDK."""

import json
from decimal import Decimal

import openai
import pytest

from answers import ask, user
from harness import UPSTREAM_KEY, cost

GREETING = "Good morning from upstream, it is a fine day."
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJg"
    "gg=="
)


def test_a_text_is_answered_and_charged(client, tollgate, upstream, streamed):
    got = ask(client, streamed, model=f"{upstream}/mock-1", messages=user("hello"))
    assert got.text == GREETING
    assert got.finish == "stop"
    assert (got.prompt_tokens, got.completion_tokens) == (11, 7)
    assert got.headers["x-tollgate-provider"] == upstream
    assert got.headers["x-tollgate-model"] == "mock-1"
    assert got.headers["x-tollgate-attempts"] == "1"
    assert got.headers["x-request-id"]
    assert got.cost == cost(11, 7)


def test_answer_record_and_ledger_tell_the_same_cost(client_of, tollgate, upstream, streamed):
    client = client_of("purse")
    tollgate.cli("wallet", "credit", "purse", "1.00", "--reason", "test")
    before = tollgate.balance("purse")
    got = ask(client, streamed, model=f"{upstream}/mock-1", messages=user("hello"))
    record = tollgate.call(got.call)
    assert Decimal(record["cost"]) == got.cost == cost(11, 7)
    assert record["usage"] == {"input": 11, "output": 7}
    assert (record["ending"], record["usage_quality"]) == ("completed", "exact")
    taken = {charge["account"]: Decimal(charge["taken"]) for charge in record["charges"]}
    assert taken["wallet/purse"] == got.cost
    assert before - tollgate.balance("purse") == got.cost


def test_the_ledger_holds_its_invariants(client, tollgate, upstream):
    ask(client, False, model=f"{upstream}/mock-1", messages=user("hello"))
    assert tollgate.json("ledger", "verify")["faults"] == []


def test_a_system_message_arrives(client, upstream, streamed):
    messages = [{"role": "system", "content": "You are a lighthouse."}, *user("who are you")]
    got = ask(client, streamed, model=f"{upstream}/mock-1", messages=messages)
    assert got.text == "I am a lighthouse."


def test_a_conversation_keeps_its_turns(client, upstream, streamed):
    messages = [
        *user("I am Ada."),
        {"role": "assistant", "content": "Hello Ada."},
        *user("what is my name"),
    ]
    got = ask(client, streamed, model=f"{upstream}/mock-1", messages=messages)
    assert got.text == "Your name is Ada."


def test_a_tool_is_called_and_its_result_goes_back(client, upstream, streamed):
    model = f"{upstream}/mock-1"
    messages = user("weather in Paris")
    first = ask(client, streamed, model=model, messages=messages, tools=[WEATHER])
    assert first.finish == "tool_calls"
    [call] = first.tool_calls
    assert call["name"] == "get_weather"
    assert json.loads(call["arguments"]) == {"city": "Paris", "days": 2}
    assert call["id"]

    function = {"name": call["name"], "arguments": call["arguments"]}
    messages += [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": call["id"], "type": "function", "function": function}],
        },
        {"role": "tool", "tool_call_id": call["id"], "content": '{"celsius":17}'},
    ]
    second = ask(client, streamed, model=model, messages=messages, tools=[WEATHER])
    assert second.text == "It is 17 degrees in Paris."
    assert second.finish == "stop"


def test_an_image_arrives(client, tollgate, upstream, streamed):
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}
    content = [{"type": "text", "text": "describe the picture"}, image]
    messages = [{"role": "user", "content": content}]
    got = ask(client, streamed, model=f"{upstream}/mock-1", messages=messages)
    assert got.text == "A red pixel."
    assert PIXEL.encode() in tollgate.taps[upstream].bytes()


def test_the_provider_gets_its_own_key_and_never_the_callers(client, tollgate, upstream):
    ask(client, False, model=f"{upstream}/mock-1", messages=user("hello"))
    sent = tollgate.taps[upstream].bytes()
    assert UPSTREAM_KEY.encode() in sent
    assert tollgate.key.encode() not in sent


def test_a_stream_without_asking_for_usage_shows_none_and_is_charged(client, tollgate, upstream):
    raw = client.chat.completions.with_raw_response.create(
        model=f"{upstream}/mock-1", messages=user("hello"), max_tokens=100, stream=True
    )
    chunks = list(raw.parse())
    assert "".join(c.choices[0].delta.content or "" for c in chunks) == GREETING
    assert all(chunk.usage is None for chunk in chunks)
    record = tollgate.call(raw.headers["x-tollgate-call"])
    assert Decimal(record["cost"]) == cost(11, 7)


def test_no_limit_of_tokens_is_needed(client, upstream):
    completion = client.chat.completions.create(
        model=f"{upstream}/mock-1", messages=user("hello")
    )
    assert completion.choices[0].message.content == GREETING


def test_a_member_that_nobody_knows_is_passed_on(client, tollgate):
    client.chat.completions.create(
        model="openai-side/mock-1",
        messages=user("hello"),
        extra_body={"member_of_tomorrow": {"depth": [1, 2.50]}},
    )
    sent = tollgate.taps["openai-side"].bytes().replace(b" ", b"")
    assert b'"member_of_tomorrow":{"depth":[1,2.5]}' in sent


@pytest.mark.parametrize("name", ["anthropic-side", "gemini-side"])
def test_what_a_dialect_cannot_carry_is_told(client, name):
    raw = client.chat.completions.with_raw_response.create(
        model=f"{name}/mock-1", messages=user("hello"), max_tokens=100, logit_bias={"1": 1}
    )
    assert "logit_bias" in raw.headers["x-tollgate-dropped"]


def test_the_models_are_listed(client):
    names = {model.id for model in client.models.list()}
    assert {"sturdy", "patient", "sandbox/echo"} <= names


def test_an_unknown_model_is_a_404_that_names_near_ones(client):
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="sturdi", messages=user("hello"))
    assert caught.value.code == "model_not_found"
    assert "sturdy" in str(caught.value)


def test_a_wrong_key_is_a_401(tollgate):
    wrong = openai.OpenAI(base_url=tollgate.url, api_key="tg_wrong")
    with pytest.raises(openai.AuthenticationError) as caught:
        wrong.chat.completions.create(model="sandbox/echo", messages=user("hello"))
    assert caught.value.response.headers["x-tollgate-reason"] == "key_invalid"


def test_a_revoked_key_says_so(client_of, tollgate):
    client = client_of("lab", "--name", "to-be-revoked")
    client.chat.completions.create(model="sandbox/echo", messages=user("hello"))
    tollgate.cli("key", "revoke", "to-be-revoked")
    with pytest.raises(openai.AuthenticationError) as caught:
        for _ in range(200):
            client.chat.completions.create(model="sandbox/echo", messages=user("hello"))
    assert caught.value.response.headers["x-tollgate-reason"] == "key_revoked"


def test_a_key_for_one_model_asks_for_no_other(client_of):
    client = client_of("lab", "--model", "sandbox/*")
    client.chat.completions.create(model="sandbox/echo", messages=user("hello"))
    with pytest.raises(openai.PermissionDeniedError) as caught:
        client.chat.completions.create(model="sturdy", messages=user("hello"))
    assert caught.value.code == "model_not_allowed"
