"""Every upstream through the unchanged Anthropic SDK."""

from decimal import Decimal

import anthropic
import pytest

from harness import cost
from test_answers import GREETING, PIXEL

WEATHER = {
    "name": "get_weather",
    "description": "The weather of a city",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
        "required": ["city"],
    },
}


@pytest.fixture
def claude(tollgate):
    url = f"http://{tollgate.gateway}"
    with anthropic.Anthropic(base_url=url, api_key=tollgate.key) as client:
        yield client


def ask(client, streamed: bool, **request):
    """A whole message and the headers that it came with."""
    request.setdefault("max_tokens", 100)
    if not streamed:
        raw = client.messages.with_raw_response.create(**request)
        return raw.parse(), raw.headers
    with client.messages.stream(**request) as stream:
        return stream.get_final_message(), stream.response.headers


def text_of(message) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


def test_a_text_is_answered_and_charged(claude, tollgate, upstream, streamed):
    messages = [{"role": "user", "content": "hello"}]
    message, headers = ask(claude, streamed, model=f"{upstream}/mock-1", messages=messages)
    assert text_of(message) == GREETING
    assert (message.type, message.role, message.stop_reason) == ("message", "assistant", "end_turn")
    assert (message.usage.input_tokens, message.usage.output_tokens) == (11, 7)
    assert headers["x-tollgate-provider"] == upstream
    record = tollgate.call(headers["x-tollgate-call"])
    assert Decimal(record["cost"]) == cost(11, 7)
    assert (record["dialect"], record["path"]) == ("anthropic-messages", "/v1/messages")
    if not streamed:
        assert Decimal(headers["x-tollgate-cost-usd"]) == cost(11, 7)


def test_system_and_turns_arrive(claude, upstream, streamed):
    message, _ = ask(
        claude,
        streamed,
        model=f"{upstream}/mock-1",
        system=[{"type": "text", "text": "You are a lighthouse."}],
        messages=[{"role": "user", "content": "who are you"}],
    )
    assert text_of(message) == "I am a lighthouse."
    turns = [
        {"role": "user", "content": "I am Ada."},
        {"role": "assistant", "content": "Hello Ada."},
        {"role": "user", "content": "what is my name"},
    ]
    message, _ = ask(claude, streamed, model=f"{upstream}/mock-1", messages=turns)
    assert text_of(message) == "Your name is Ada."


def test_a_tool_is_called_and_its_result_goes_back(claude, upstream, streamed):
    request = {"model": f"{upstream}/mock-1", "tools": [WEATHER]}
    messages = [{"role": "user", "content": "weather in Paris"}]
    first, _ = ask(claude, streamed, messages=messages, **request)
    assert first.stop_reason == "tool_use"
    [call] = [block for block in first.content if block.type == "tool_use"]
    assert (call.name, call.input) == ("get_weather", {"city": "Paris", "days": 2})
    result = {"type": "tool_result", "tool_use_id": call.id, "content": '{"celsius":17}'}
    messages += [
        {"role": "assistant", "content": [block.model_dump() for block in first.content]},
        {"role": "user", "content": [result]},
    ]
    second, _ = ask(claude, streamed, messages=messages, **request)
    assert text_of(second) == "It is 17 degrees in Paris."
    assert second.stop_reason == "end_turn"


def test_an_image_arrives(claude, tollgate, upstream):
    source = {"type": "base64", "media_type": "image/png", "data": PIXEL}
    content = [{"type": "text", "text": "describe the picture"}, {"type": "image", "source": source}]
    messages = [{"role": "user", "content": content}]
    message, _ = ask(claude, False, model=f"{upstream}/mock-1", messages=messages)
    assert text_of(message) == "A red pixel."
    assert PIXEL.encode() in tollgate.taps[upstream].bytes()


def test_tokens_are_counted_for_every_model(claude, upstream):
    messages = [{"role": "user", "content": "hello"}]
    counted = claude.messages.count_tokens(model=f"{upstream}/mock-1", messages=messages)
    assert counted.input_tokens > 0


def test_a_stream_that_breaks_off_is_an_error(claude, upstream):
    messages = [{"role": "user", "content": "break off"}]
    with pytest.raises((anthropic.APIError, anthropic.APIStatusError)):
        ask(claude, True, model=f"{upstream}/mock-1", messages=messages)


def test_errors_have_the_types_that_the_sdk_knows(claude, tollgate):
    messages = [{"role": "user", "content": "hello"}]
    with pytest.raises(anthropic.NotFoundError) as caught:
        claude.messages.create(model="sturdi", messages=messages, max_tokens=10)
    assert "sturdy" in str(caught.value)
    assert caught.value.body["error"]["type"] == "not_found_error"
    wrong = anthropic.Anthropic(base_url=f"http://{tollgate.gateway}", api_key="tg_wrong")
    with pytest.raises(anthropic.AuthenticationError):
        wrong.messages.create(model="sandbox/echo", messages=messages, max_tokens=10)


def test_a_token_in_the_place_of_a_key_is_taken(tollgate):
    client = anthropic.Anthropic(base_url=f"http://{tollgate.gateway}", auth_token=tollgate.key)
    message, _ = ask(
        client, False, model="sandbox/echo", messages=[{"role": "user", "content": "hello"}]
    )
    assert text_of(message) == "hello"


def test_the_models_are_listed(claude):
    names = {model.id for model in claude.models.list()}
    assert {"sturdy", "patient", "sandbox/echo"} <= names


def test_what_we_do_not_know_passes_between_two_that_do(claude, tollgate):
    claude.messages.create(
        model="anthropic-side/mock-1",
        messages=[{"role": "user", "content": "hello"}],
        max_tokens=100,
        extra_body={"member_of_tomorrow": {"depth": [1, 2.50]}},
        extra_headers={"anthropic-beta": "feature-of-tomorrow-2027-01-01"},
    )
    sent = tollgate.taps["anthropic-side"].bytes().replace(b" ", b"")
    assert b'"member_of_tomorrow":{"depth":[1,2.5]}' in sent
    assert b"feature-of-tomorrow-2027-01-01" in sent
