"""Every upstream through the unchanged Python client of Ollama."""

import ollama
import pytest

from test_answers import GREETING, PIXEL, WEATHER


@pytest.fixture
def client(tollgate):
    headers = {"Authorization": f"Bearer {tollgate.key}"}
    return ollama.Client(host=f"http://{tollgate.gateway}", headers=headers)


def ask(client, streamed: bool, **request):
    """The message of an answer, and its last part."""
    if not streamed:
        answer = client.chat(stream=False, **request)
        return answer.message.content, answer.message.tool_calls or [], answer
    text, calls, last = "", [], None
    for part in client.chat(stream=True, **request):
        text += part.message.content or ""
        calls += part.message.tool_calls or []
        last = part
    return text, calls, last


def user(text: str) -> list[dict]:
    return [{"role": "user", "content": text}]


def test_a_text_is_answered_and_counted(client, tollgate, any_upstream, streamed):
    text, _, last = ask(client, streamed, model=f"{any_upstream}/mock-1", messages=user("hello"))
    assert text == GREETING
    assert (last.done, last.done_reason) == (True, "stop")
    if any_upstream != "ollama-side":
        assert (last.prompt_eval_count, last.eval_count) == (11, 7)
    tollgate.newest("ollama", any_upstream, streamed)


def test_system_and_turns_arrive(client, any_upstream, streamed):
    messages = [{"role": "system", "content": "You are a lighthouse."}, *user("who are you")]
    text, _, _ = ask(client, streamed, model=f"{any_upstream}/mock-1", messages=messages)
    assert text == "I am a lighthouse."


def test_a_tool_is_called_and_its_result_goes_back(client, any_upstream, streamed):
    asked = {"model": f"{any_upstream}/mock-1", "tools": [WEATHER]}
    messages = user("weather in Paris")
    text, [call], _ = ask(client, streamed, messages=messages, **asked)
    assert call.function.name == "get_weather"
    assert call.function.arguments == {"city": "Paris", "days": 2}
    messages += [
        {"role": "assistant", "content": text, "tool_calls": [call]},
        {"role": "tool", "tool_name": "get_weather", "content": "17"},
    ]
    text, _, _ = ask(client, streamed, messages=messages, **asked)
    assert text == "It is 17 degrees in Paris."


def test_an_image_arrives(client, tollgate, any_upstream):
    messages = [{"role": "user", "content": "describe the picture", "images": [PIXEL]}]
    text, _, _ = ask(client, False, model=f"{any_upstream}/mock-1", messages=messages)
    assert text == "A red pixel."
    assert PIXEL.encode() in tollgate.taps[any_upstream].bytes()


def test_one_prompt_is_answered(client, tollgate, any_upstream, streamed):
    model = f"{any_upstream}/mock-1"
    if streamed:
        parts = list(client.generate(model=model, prompt="hello", stream=True))
        text, last = "".join(part.response or "" for part in parts), parts[-1]
    else:
        last = client.generate(model=model, prompt="hello", options={"num_predict": 100})
        text = last.response
    assert (text, last.done) == (GREETING, True)
    tollgate.newest("ollama-generate", any_upstream, streamed)


def test_a_slow_answer_survives_until_it_comes(client):
    text, _, _ = ask(client, True, model="sandbox/slow", messages=user("good morning"))
    assert text == "good morning"


def test_errors_say_what_is_wrong(client, tollgate):
    for streamed in (False, True):
        with pytest.raises(ollama.ResponseError) as caught:
            ask(client, streamed, model="sturdi", messages=user("hello"))
        assert caught.value.status_code == 404
        assert "sturdy" in caught.value.error
    with pytest.raises(ollama.ResponseError) as caught:
        ask(client, True, model="sandbox/fail-cut", messages=user("hello " * 20))
    assert "broke off" in caught.value.error


def test_the_models_are_listed_and_shown(client):
    names = {model.model for model in client.list().models}
    assert {"sturdy", "patient", "sandbox/echo"} <= names
    assert "tools" in client.show("sturdy").capabilities
    with pytest.raises(ollama.ResponseError):
        client.show("nobody")
