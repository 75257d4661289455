"""Realtime sessions, through OpenAI's own client of them."""

from decimal import Decimal

import openai
import pytest

import harness


def say(connection, text: str) -> None:
    part = {"type": "input_text", "text": text}
    item = {"type": "message", "role": "user", "content": [part]}
    connection.conversation.item.create(item=item)
    connection.response.create()


def hear(connection) -> tuple[str, object]:
    """What is said, and the event that ends it."""
    said = ""
    for event in connection:
        if event.type in ("response.output_text.delta", "response.output_audio_transcript.delta"):
            said += event.delta
        elif event.type == "response.done":
            return said, event
        elif event.type == "error":
            raise AssertionError(event.error.message)
    raise AssertionError("the session ended")


def records(tollgate, model: str, count: int) -> list[dict]:
    """The newest records of a model, once there are so many."""
    def found():
        calls = tollgate.api(f"calls?limit=50&model={model.replace('/', '%2F')}")["items"]
        return calls if len(calls) >= count else None

    return harness.wait_until(found, f"{count} calls of {model}")


def test_the_sandbox_talks_and_each_response_is_on_the_bill(client, tollgate):
    before = len(tollgate.api("calls?limit=50&model=sandbox%2Frealtime")["items"])
    with client.realtime.connect(model="sandbox/realtime") as connection:
        assert connection.recv().type == "session.created"
        connection.session.update(session={"type": "realtime", "output_modalities": ["text"]})
        for word in ("one", "two"):
            say(connection, word)
            said, done = hear(connection)
            assert said == word
            assert done.response.usage.output_tokens > 0
    calls = records(tollgate, "sandbox/realtime", before + 3)
    assert sorted(call["status"] for call in calls[:3]) == [101, 200, 200]
    costs = [Decimal(call["cost"]) for call in calls[:3]]
    assert sum(cost > 0 for cost in costs) == 2


def test_another_maker_s_provider_is_heard_through_an_unchanged_client(client):
    with client.realtime.connect(model="openai-side/mock-1") as connection:
        connection.session.update(session={"type": "realtime", "output_modalities": ["text"]})
        say(connection, "hello")
        said, done = hear(connection)
    assert said == "Good morning from upstream, it is a fine day."
    assert done.response.status == "completed"


def test_what_is_wrong_is_an_event_and_the_session_goes_on(client):
    with client.realtime.connect(model="sandbox/realtime") as connection:
        connection.recv()
        connection.send({"type": "session.update", "session": {"type": "realtime", "model": "other"}})
        refused = connection.recv()
        assert refused.type == "error"
        assert refused.error.param == "session.model"
        say(connection, "still here")
        assert hear(connection)[0] == "still here"


@pytest.mark.parametrize(("model", "status"), [("nothing-of-the-kind", 404), ("sandbox/echo", 400)])
def test_who_cannot_talk_is_refused_before_the_session(client, model, status):
    with pytest.raises(Exception) as refused, client.realtime.connect(model=model):
        pass
    assert refused.value.response.status_code == status


def test_a_client_of_azure_s_is_served_too(tollgate):
    host = tollgate.url.removesuffix("/v1")
    client = openai.AzureOpenAI(azure_endpoint=host, api_key=tollgate.key, api_version="2025-04-01-preview",
                                websocket_base_url=f"{host.replace('http', 'ws')}/openai")
    with client, client.realtime.connect(model="sandbox/realtime") as connection:
        connection.recv()
        say(connection, "from Azure")
        assert hear(connection)[0] == "from Azure"
