"""Every upstream through the unchanged Cohere SDK."""

from decimal import Decimal

import cohere
import pytest
from cohere.core.api_error import ApiError

from harness import SMALLER, cost
from test_answers import GREETING, PIXEL, WEATHER


@pytest.fixture
def client(tollgate):
    return cohere.ClientV2(api_key=tollgate.key, base_url=f"http://{tollgate.gateway}")


class Got:
    """An answer, however it came."""

    def __init__(self):
        self.text, self.calls, self.finish, self.usage = "", [], None, None

    def read(self, answer) -> "Got":
        for item in answer.message.content or []:
            self.text += item.text if item.type == "text" else ""
        for call in answer.message.tool_calls or []:
            self.calls.append([call.id, call.function.name, call.function.arguments])
        self.finish, self.usage = answer.finish_reason, answer.usage
        return self

    def gather(self, stream) -> "Got":
        for event in stream:
            message = getattr(getattr(event, "delta", None), "message", None)
            if event.type == "content-delta":
                self.text += message.content.text or ""
            elif event.type == "tool-call-start":
                call = message.tool_calls
                self.calls.append([call.id, call.function.name, call.function.arguments])
            elif event.type == "tool-call-delta":
                self.calls[event.index][2] += message.tool_calls.function.arguments
            elif event.type == "message-end":
                self.finish, self.usage = event.delta.finish_reason, event.delta.usage
        return self


def ask(client, streamed: bool, **request) -> Got:
    if streamed:
        return Got().gather(client.chat_stream(**request))
    return Got().read(client.chat(**request))


def user(text: str) -> list[dict]:
    return [{"role": "user", "content": text}]


def test_a_text_is_answered_and_charged(client, tollgate, any_upstream, streamed):
    got = ask(client, streamed, model=f"{any_upstream}/mock-1", messages=user("hello"))
    assert (got.text, got.finish) == (GREETING, "COMPLETE")
    record = tollgate.newest("cohere", any_upstream, streamed)
    if any_upstream != "ollama-side":
        units = got.usage.billed_units
        assert (units.input_tokens, units.output_tokens) == (11, 7)
        assert Decimal(record["cost"]) == cost(11, 7)


def test_system_and_turns_arrive(client, any_upstream, streamed):
    messages = [{"role": "system", "content": "You are a lighthouse."}, *user("who are you")]
    got = ask(client, streamed, model=f"{any_upstream}/mock-1", messages=messages)
    assert got.text == "I am a lighthouse."
    messages = [
        *user("I am Ada."),
        {"role": "assistant", "content": "Hello Ada."},
        *user("what is my name"),
    ]
    got = ask(client, streamed, model=f"{any_upstream}/mock-1", messages=messages)
    assert got.text == "Your name is Ada."


def test_a_tool_is_called_and_its_result_goes_back(client, any_upstream, streamed):
    asked = {"model": f"{any_upstream}/mock-1", "tools": [WEATHER]}
    messages = user("weather in Paris")
    first = ask(client, streamed, messages=messages, **asked)
    [(call, name, arguments)] = first.calls
    assert (name, first.finish) == ("get_weather", "TOOL_CALL")
    function = {"name": name, "arguments": arguments}
    messages += [
        {"role": "assistant", "tool_calls": [{"id": call, "type": "function", "function": function}]},
        {"role": "tool", "tool_call_id": call, "content": "17"},
    ]
    second = ask(client, streamed, messages=messages, **asked)
    assert second.text == "It is 17 degrees in Paris."


def test_an_image_arrives(client, tollgate, any_upstream):
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}
    content = [{"type": "text", "text": "describe the picture"}, image]
    messages = [{"role": "user", "content": content}]
    got = ask(client, False, model=f"{any_upstream}/mock-1", messages=messages)
    assert got.text == "A red pixel."
    assert PIXEL.encode() in tollgate.taps[any_upstream].bytes()


def test_errors_say_what_is_wrong(client, tollgate):
    with pytest.raises(ApiError) as caught:
        ask(client, False, model="sturdi", messages=user("hello"))
    assert caught.value.status_code == 404
    assert "sturdy" in caught.value.body["message"]
    wrong = cohere.ClientV2(api_key="tg_wrong", base_url=f"http://{tollgate.gateway}")
    with pytest.raises(ApiError) as caught:
        ask(wrong, True, model="sandbox/echo", messages=user("hello"))
    assert caught.value.status_code == 401


def test_a_stream_that_breaks_off_says_so(client):
    stream = client.chat_stream(model="sandbox/fail-cut", messages=user("hello " * 20))
    last = list(stream)[-1]
    assert (last.type, last.delta.finish_reason) == ("message-end", "ERROR")


def test_the_models_are_listed(client):
    names = {model.name for model in client.models.list(page_size=1000).models}
    assert {"sturdy", "patient", "sandbox/echo"} <= names


def test_callers_of_openai_reach_cohere_and_ollama(tollgate):
    import openai

    with openai.OpenAI(base_url=tollgate.url, api_key=tollgate.key) as client:
        for upstream in SMALLER:
            messages = [{"role": "user", "content": "hello"}]
            got = client.chat.completions.create(model=f"{upstream}/mock-1", messages=messages)
            assert got.choices[0].message.content == GREETING
