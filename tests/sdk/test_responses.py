"""Every upstream through OpenAI's responses API, with the unchanged OpenAI SDK."""

import json
from decimal import Decimal

import openai
import pydantic
import pytest

from harness import UPSTREAMS, cost
from test_answers import GREETING, PIXEL

WEATHER = {
    "type": "function",
    "name": "get_weather",
    "description": "The weather of a city",
    "strict": False,
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
        "required": ["city"],
    },
}

# A provider of the dialect keeps its answers itself, and aimock keeps none.
TRANSLATED = [name for name in UPSTREAMS if name != "responses-side"]


@pytest.fixture(params=TRANSLATED)
def translated(request):
    """The name of a provider of another dialect."""
    return request.param


def ask(client, streamed: bool, **request):
    """A whole response and the headers that it came with."""
    if not streamed:
        raw = client.responses.with_raw_response.create(**request)
        return raw.parse(), raw.headers
    with client.responses.stream(**request) as stream:
        check(list(stream))
        return stream.get_final_response(), stream._response.headers


def check(events) -> None:
    """What must hold of every stream."""
    kinds = [event.type for event in events]
    assert kinds[0] == "response.created"
    assert kinds[-1] in ("response.completed", "response.incomplete")
    assert kinds.count("response.created") == 1
    added, done = {}, {}
    for event in events:
        if event.type == "response.output_item.added":
            added[event.output_index] = event.item.id
        if event.type == "response.output_item.done":
            done[event.output_index] = event.item.id
        if getattr(event, "item_id", None) is not None and hasattr(event, "output_index"):
            assert event.item_id == added[event.output_index]
    assert added == done
    assert sorted(added) == list(range(len(added)))


def test_a_text_is_answered_and_charged(client, tollgate, upstream, streamed):
    response, headers = ask(client, streamed, model=f"{upstream}/mock-1", input="hello")
    assert response.output_text == GREETING
    assert (response.object, response.status) == ("response", "completed")
    assert (response.usage.input_tokens, response.usage.output_tokens) == (11, 7)
    assert headers["x-tollgate-provider"] == upstream
    record = tollgate.call(headers["x-tollgate-call"])
    assert Decimal(record["cost"]) == cost(11, 7)
    assert (record["dialect"], record["path"]) == ("openai-responses", "/v1/responses")


def test_events_are_numbered_without_a_gap(client, upstream):
    stream = client.responses.create(model=f"{upstream}/mock-1", input="hello", stream=True)
    events = list(stream)
    if upstream != "responses-side":
        assert [event.sequence_number for event in events] == list(range(len(events)))
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert text == GREETING
    assert events[-1].response.output_text == GREETING


def test_instructions_and_turns_arrive(client, upstream, streamed):
    model = f"{upstream}/mock-1"
    told = "You are a lighthouse."
    response, _ = ask(client, streamed, model=model, instructions=told, input="who are you")
    assert response.output_text == "I am a lighthouse."
    turns = [
        {"role": "user", "content": "I am Ada."},
        {"role": "assistant", "content": "Hello Ada."},
        {"role": "user", "content": "what is my name"},
    ]
    response, _ = ask(client, streamed, model=model, input=turns)
    assert response.output_text == "Your name is Ada."


def test_a_tool_is_called_and_its_result_goes_back(client, upstream, streamed):
    request = {"model": f"{upstream}/mock-1", "tools": [WEATHER], "store": False}
    said = [{"role": "user", "content": "weather in Paris"}]
    first, _ = ask(client, streamed, input=said, **request)
    [call] = [item for item in first.output if item.type == "function_call"]
    assert call.name == "get_weather"
    assert json.loads(call.arguments) == {"city": "Paris", "days": 2}
    said += [item.model_dump(exclude_none=True) for item in first.output]
    for item in said:
        item.pop("parsed_arguments", None)
    output = '{"celsius":17}'
    said.append({"type": "function_call_output", "call_id": call.call_id, "output": output})
    second, _ = ask(client, streamed, input=said, **request)
    assert second.output_text == "It is 17 degrees in Paris."


def test_a_conversation_goes_on_from_an_earlier_answer(client, translated, streamed):
    model = f"{translated}/mock-1"
    first, _ = ask(client, streamed, model=model, input="hello")
    request = {"previous_response_id": first.id, "input": "what is my name"}
    second, _ = ask(client, streamed, model=model, **request)
    assert second.output_text == "Your name is Ada."
    assert second.previous_response_id == first.id


def test_a_result_of_a_tool_is_told_to_an_earlier_answer(client, translated):
    request = {"model": f"{translated}/mock-1", "tools": [WEATHER]}
    first = client.responses.create(input="weather in Paris", **request)
    [call] = [item for item in first.output if item.type == "function_call"]
    result = {"type": "function_call_output", "call_id": call.call_id, "output": '{"celsius":17}'}
    request["previous_response_id"] = first.id
    second = client.responses.create(input=[result], **request)
    assert second.output_text == "It is 17 degrees in Paris."


def test_a_provider_of_the_dialect_goes_on_from_its_own_answer(client, tollgate):
    first = client.responses.create(model="responses-side/mock-1", input="hello")
    second = client.responses.create(
        model="responses-side/mock-1", input="hello", previous_response_id=first.id
    )
    assert second.output_text == GREETING
    assert first.id.encode() in tollgate.taps["responses-side"].bytes()
    other = client.responses.create(
        model="anthropic-side/mock-1", input="what is my name", previous_response_id=first.id
    )
    assert other.output_text == "Your name is Ada.", "another provider is told all of it"


def test_an_answer_is_kept_for_its_application_alone(client, client_of, translated):
    made = client.responses.create(model=f"{translated}/mock-1", input="hello")
    again = client.responses.retrieve(made.id)
    assert again.output_text == GREETING
    [item] = list(client.responses.input_items.list(made.id))
    assert item.content[0].text == "hello"
    stranger = client_of("purse")
    with pytest.raises(openai.NotFoundError):
        stranger.responses.retrieve(made.id)
    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(
            model="sandbox/echo", input="x", previous_response_id="resp_of_nobody"
        )
    assert caught.value.code == "previous_response_not_found"
    client.responses.delete(made.id)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(made.id)


def test_nothing_is_kept_of_what_is_not_to_be_stored(client, translated):
    made = client.responses.create(model=f"{translated}/mock-1", input="hello", store=False)
    assert made.store is False
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(made.id)


def test_an_image_arrives(client, tollgate, upstream):
    image = {"type": "input_image", "image_url": f"data:image/png;base64,{PIXEL}"}
    content = [{"type": "input_text", "text": "describe the picture"}, image]
    response, _ = ask(
        client,
        False,
        model=f"{upstream}/mock-1",
        input=[{"type": "message", "role": "user", "content": content}],
    )
    assert response.output_text == "A red pixel."
    assert PIXEL.encode() in tollgate.taps[upstream].bytes()


def test_an_answer_by_a_schema_is_parsed(client, upstream):
    class Person(pydantic.BaseModel):
        name: str
        age: int

    parsed = client.responses.parse(
        model=f"{upstream}/mock-1", input="who is ada", text_format=Person
    )
    assert parsed.output_parsed == Person(name="Ada", age=36)


def test_a_custom_tool_is_called_with_plain_text(client, translated, streamed):
    tool = {"type": "custom", "name": "write_note", "description": "Writes a note."}
    response, _ = ask(
        client, streamed, model=f"{translated}/mock-1", input="note the tide", tools=[tool]
    )
    [call] = [item for item in response.output if item.type == "custom_tool_call"]
    assert (call.name, call.input) == ("write_note", 'The "tide" is in.')


def test_a_stream_that_breaks_off_has_failed(client, upstream):
    stream = client.responses.create(model=f"{upstream}/mock-1", input="break off", stream=True)
    kinds = [event.type for event in stream]
    assert kinds[-1] == "response.failed"
    assert "response.completed" not in kinds


def test_tokens_are_counted_for_every_model(client, translated):
    counted = client.responses.input_tokens.count(model=f"{translated}/mock-1", input="hello")
    assert counted.input_tokens > 0


def test_errors_have_the_types_that_the_sdk_knows(client, tollgate):
    with pytest.raises(openai.NotFoundError) as caught:
        client.responses.create(model="sturdi", input="hello")
    assert caught.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(
            model="anthropic-side/mock-1",
            input="hello",
            tools=[{"type": "file_search", "vector_store_ids": ["vs_1"]}],
        )
    assert caught.value.param == "tools[0].type"
    wrong = openai.OpenAI(base_url=tollgate.url, api_key="tg_wrong")
    with pytest.raises(openai.AuthenticationError):
        wrong.responses.create(model="sandbox/echo", input="hello")


def test_what_we_do_not_know_passes_between_two_that_do(client, tollgate):
    client.responses.create(
        model="responses-side/mock-1",
        input="hello",
        extra_body={"member_of_tomorrow": {"depth": [1, 2.50]}},
    )
    sent = tollgate.taps["responses-side"].bytes().replace(b" ", b"")
    assert b'"member_of_tomorrow":{"depth":[1,2.5]}' in sent
