"""Every upstream through the unchanged Google Gen AI SDK."""

import base64
from decimal import Decimal

import pytest
from google import genai
from google.genai import errors, types

from harness import cost
from test_answers import GREETING, PIXEL

WEATHER = types.Tool(
    function_declarations=[
        types.FunctionDeclaration(
            name="get_weather",
            description="The weather of a city",
            parameters=types.Schema(
                type="OBJECT",
                properties={"city": types.Schema(type="STRING"), "days": types.Schema(type="INTEGER")},
                required=["city"],
            ),
        )
    ]
)


@pytest.fixture
def gemini(tollgate):
    options = types.HttpOptions(base_url=f"http://{tollgate.gateway}")
    return genai.Client(api_key=tollgate.key, http_options=options)


class Got:
    """An answer, however it came."""

    def __init__(self, pieces):
        self.pieces = list(pieces)
        parts = [part for piece in self.pieces for part in self._parts(piece)]
        self.parts = parts
        self.text = "".join(part.text or "" for part in parts if not part.thought)
        self.calls = [part.function_call for part in parts if part.function_call]
        self.finish = [c.finish_reason for p in self.pieces for c in p.candidates or []][-1]
        self.usage = self.pieces[-1].usage_metadata
        self.call = self.pieces[0].sdk_http_response.headers["x-tollgate-call"]

    @staticmethod
    def _parts(piece):
        candidates = piece.candidates or []
        return (candidates[0].content.parts or []) if candidates and candidates[0].content else []


def ask(client, streamed: bool, **request) -> Got:
    if streamed:
        return Got(client.models.generate_content_stream(**request))
    return Got([client.models.generate_content(**request)])


def test_a_text_is_answered_and_charged(gemini, tollgate, upstream, streamed):
    got = ask(gemini, streamed, model=f"{upstream}/mock-1", contents="hello")
    assert got.text == GREETING
    assert got.finish == types.FinishReason.STOP
    assert (got.usage.prompt_token_count, got.usage.candidates_token_count) == (11, 7)
    record = tollgate.call(got.call)
    assert Decimal(record["cost"]) == cost(11, 7)
    assert record["dialect"] == "gemini"


def test_system_and_turns_arrive(gemini, upstream, streamed):
    got = ask(
        gemini,
        streamed,
        model=f"{upstream}/mock-1",
        contents="who are you",
        config=types.GenerateContentConfig(system_instruction="You are a lighthouse."),
    )
    assert got.text == "I am a lighthouse."
    turns = [
        types.UserContent("I am Ada."),
        types.ModelContent("Hello Ada."),
        types.UserContent("what is my name"),
    ]
    assert ask(gemini, streamed, model=f"{upstream}/mock-1", contents=turns).text == "Your name is Ada."


def test_a_tool_is_called_and_its_result_goes_back(gemini, upstream, streamed):
    config = types.GenerateContentConfig(
        tools=[WEATHER],
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
    )
    contents = [types.UserContent("weather in Paris")]
    first = ask(gemini, streamed, model=f"{upstream}/mock-1", contents=contents, config=config)
    [call] = first.calls
    assert (call.name, call.args) == ("get_weather", {"city": "Paris", "days": 2})
    answer = types.Part.from_function_response(name=call.name, response={"celsius": 17})
    answer.function_response.id = call.id
    contents += [types.ModelContent(first.parts), types.UserContent(answer)]
    second = ask(gemini, streamed, model=f"{upstream}/mock-1", contents=contents, config=config)
    assert second.text == "It is 17 degrees in Paris."


def test_an_image_arrives(gemini, tollgate, upstream):
    image = types.Part.from_bytes(data=base64.b64decode(PIXEL), mime_type="image/png")
    got = ask(gemini, False, model=f"{upstream}/mock-1", contents=["describe the picture", image])
    assert got.text == "A red pixel."
    assert PIXEL.encode() in tollgate.taps[upstream].bytes()


def test_tokens_are_counted_for_every_model(gemini, upstream):
    counted = gemini.models.count_tokens(model=f"{upstream}/mock-1", contents="hello")
    assert counted.total_tokens > 0


def test_a_model_of_ones_own_is_asked_by_its_name(gemini):
    assert ask(gemini, False, model="sturdy", contents="hello").text == GREETING


def test_errors_say_what_is_wrong(gemini, tollgate):
    with pytest.raises(errors.ClientError) as caught:
        ask(gemini, False, model="sturdi", contents="hello")
    assert (caught.value.code, caught.value.status) == (404, "NOT_FOUND")
    assert "sturdy" in caught.value.message
    options = types.HttpOptions(base_url=f"http://{tollgate.gateway}")
    wrong = genai.Client(api_key="tg_wrong", http_options=options)
    with pytest.raises(errors.ClientError) as caught:
        ask(wrong, False, model="sandbox/echo", contents="hello")
    assert caught.value.code == 401


def test_the_models_are_listed(gemini):
    names = {model.name for model in gemini.models.list()}
    assert {"models/sturdy", "models/patient", "models/sandbox/echo"} <= names
