"""What models do besides conversing, through the unchanged SDKs of OpenAI and Google."""

import base64
import json
import urllib.request
import wave
from decimal import Decimal

import openai
import pytest
from google import genai
from google.genai import types

from harness import cost

VECTOR = [0.25, -0.5, 1]
# Anthropic's models make no vectors. The mock of Gemini's makes them one at a time.
EMBEDDERS = ["openai-side", "gemini-side"]


@pytest.fixture
def gemini(tollgate):
    options = types.HttpOptions(base_url=f"http://{tollgate.gateway}")
    return genai.Client(api_key=tollgate.key, http_options=options)


@pytest.fixture
def recording(tmp_path):
    """Two seconds of silence."""
    path = tmp_path / "silence.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(bytes([128]) * 16000)
    return path


@pytest.mark.parametrize("embedder", EMBEDDERS)
def test_a_text_becomes_a_vector(client, embedder):
    # The SDK asks for base64 by itself, and reads numbers out of it.
    got = client.embeddings.create(model=f"{embedder}/mock-1", input="a lamp")
    assert got.data[0].embedding == VECTOR
    assert got.object == "list"


def test_several_texts_become_vectors_in_their_order(client):
    two = client.embeddings.create(
        model="openai-side/mock-1", input=["a lamp", "a lamp"], encoding_format="float"
    )
    assert [one.embedding for one in two.data] == [VECTOR, VECTOR]
    assert [one.index for one in two.data] == [0, 1]


def test_gi_10_googles_sdk_gets_the_vectors_too(gemini):
    got = gemini.models.embed_content(model="openai-side/mock-1", contents="a lamp")
    assert got.embeddings[0].values == VECTOR
    two = gemini.models.embed_content(
        model="openai-side/mock-1",
        contents=["a lamp", "a lamp"],
        config=types.EmbedContentConfig(task_type="RETRIEVAL_QUERY", output_dimensionality=3),
    )
    assert [one.values for one in two.embeddings] == [VECTOR, VECTOR]


def test_vectors_of_the_sandbox_are_the_same_in_either_encoding_and_charged(client, tollgate):
    ask = client.embeddings.with_raw_response.create
    answer = ask(model="sandbox/embed", input=["one", "two"], dimensions=16)
    got = answer.parse()
    numbers = client.embeddings.create(
        model="sandbox/embed", input=["one", "two"], dimensions=16, encoding_format="float"
    )
    for one, other in zip(got.data, numbers.data):
        assert len(one.embedding) == 16
        assert one.embedding == pytest.approx(other.embedding)
    record = tollgate.call(answer.headers["x-tollgate-call"])
    # Two tokens, at ten cents a million.
    assert got.usage.prompt_tokens == 2
    assert Decimal(record["cost"]) == Decimal("0.0000002")
    assert (record["path"], record["usage_quality"]) == ("/v1/embeddings", "exact")


def test_a_picture_is_made_and_edited(client, tollgate):
    answer = client.images.with_raw_response.generate(
        model="openai-side/mock-1", prompt="a red pixel"
    )
    picture = base64.b64decode(answer.parse().data[0].b64_json)
    assert picture.startswith(b"\x89PNG")
    record = tollgate.call(answer.headers["x-tollgate-call"])
    # The mock tells no usage: it is estimated, and never free.
    assert record["usage"]["images"] == 1
    assert (record["usage_quality"], Decimal(record["cost"]) > 0) == ("estimated", True)
    edited = client.images.edit(
        model="openai-side/mock-1", image=("a.png", picture), prompt="a red pixel"
    )
    assert edited.data[0].b64_json
    several = client.images.edit(
        model="sandbox/image", image=[("a.png", picture), ("b.png", picture)], prompt="p", n=2
    )
    assert (len(several.data), several.usage.input_tokens_details.image_tokens) == (2, 544)
    other = client.images.create_variation(model="sandbox/image", image=("a.png", picture))
    assert other.data[0].b64_json


def test_a_picture_is_streamed(client, tollgate):
    stream = client.images.generate(
        model="sandbox/image", prompt="a red pixel", stream=True, partial_images=1
    )
    events = list(stream)
    assert [event.type for event in events] == [
        "image_generation.partial_image",
        "image_generation.completed",
    ]
    assert events[-1].usage.output_tokens == 272
    record = tollgate.call(stream.response.headers["x-tollgate-call"])
    # Three tokens in and 272 out, at 5 and 40 dollars a million.
    assert (Decimal(record["cost"]), record["stream"]) == (Decimal("0.010895"), True)


def test_a_text_is_spoken(client, tollgate, tmp_path):
    got = client.audio.speech.create(
        model="openai-side/mock-1", voice="alloy", input="Good morning"
    )
    assert got.content.startswith(b"ID3")
    assert got.response.headers["content-type"] == "audio/mpeg"
    with client.audio.speech.with_streaming_response.create(
        model="sandbox/speech", voice="alloy", input="Grüezi mitenand"
    ) as answer:
        answer.stream_to_file(tmp_path / "spoken.wav")
        # Fifteen characters, at fifteen dollars a million.
        assert Decimal(answer.headers["x-tollgate-cost-usd"]) == Decimal("0.000225")
    with wave.open(str(tmp_path / "spoken.wav")) as spoken:
        assert spoken.getnframes() > 1000
    record = tollgate.call(answer.headers["x-tollgate-call"])
    assert (record["usage"], record["usage_quality"]) == ({"characters": 15}, "exact")


def test_a_recording_is_written_down(client, tollgate, recording):
    answer = client.audio.transcriptions.with_raw_response.create(
        model="openai-side/mock-1", file=recording, language="en"
    )
    assert answer.parse().text == "Good morning from upstream."
    record = tollgate.call(answer.headers["x-tollgate-call"])
    assert record["usage"] == {"input": 4, "input_audio": 10, "output": 6}
    assert Decimal(record["cost"]) == cost(14, 6)
    wordy = client.audio.transcriptions.create(
        model="openai-side/mock-1", file=recording, response_format="verbose_json"
    )
    assert wordy.duration == 2.5
    english = client.audio.translations.create(model="openai-side/mock-1", file=recording)
    assert english.text == "Good morning."


@pytest.mark.parametrize(
    "form, has", [("text", "heard"), ("srt", "-->"), ("vtt", "WEBVTT"), ("json", "heard")]
)
def test_a_recording_comes_in_every_form(client, recording, form, has):
    got = client.audio.transcriptions.create(
        model="sandbox/transcribe", file=recording, response_format=form
    )
    assert has in (got.text if form == "json" else got)


@pytest.mark.parametrize("model", ["openai-side/mock-1", "sandbox/transcribe"])
def test_a_recording_is_streamed(client, recording, model):
    stream = client.audio.transcriptions.create(model=model, file=recording, stream=True)
    events = list(stream)
    words = [event.delta for event in events if event.type == "transcript.text.delta"]
    assert events[-1].type == "transcript.text.done"
    assert "".join(words) == events[-1].text


@pytest.fixture
def lenient(tollgate):
    """A provider whose mock answers what it has no fixture for: harmless, and no order."""
    file = tollgate.folder / "lenient.yaml"
    provider = (
        "kind: Provider\nname: {name}\nspec:\n"
        "  dialect: openai-chat\n  base_url: http://127.0.0.1:{port}{path}\n"
        "  credentials: [ {{ name: main, key: {{ env: SDK_TESTS_KEY }} }} ]\n"
        '  prices: {{ "*": {{ rerank_searches: "2000.00", input: "1.00" }} }}\n'
        '  headers: {{ x-aimock-strict: "false" }}\n'
        "  tasks: {{ {tasks} }}\n---\n"
    )
    port = tollgate.mock.port
    judge = provider.format(name="judge", port=port, path="/v1", tasks="moderations: openai")
    ranker = provider.format(name="ranker", port=port, path="", tasks="rerank: cohere")
    file.write_text(judge + ranker)
    tollgate.cli("apply", "-f", str(file))


@pytest.mark.parametrize("model", ["judge/mock-1", "sandbox/moderate"])
def test_a_text_is_judged(client, lenient, model):
    got = client.moderations.create(model=model, input="a lamp")
    assert got.results[0].flagged is False
    bad = client.moderations.create(model="sandbox/moderate", input=["a lamp", "violence"])
    assert [one.flagged for one in bad.results] == [False, True]


def post(tollgate, path: str, body: dict) -> dict:
    request = urllib.request.Request(
        f"http://{tollgate.gateway}{path}",
        data=json.dumps(body).encode(),
        headers={"authorization": f"Bearer {tollgate.key}", "content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def test_documents_are_ranked_in_either_form(tollgate, lenient):
    for path in ["/v1/rerank", "/v2/rerank"]:
        body = {"model": "sandbox/rerank", "query": "lamp", "documents": ["a stone", "a lamp"]}
        mine = post(tollgate, path, body | {"top_n": 1})
        assert [one["index"] for one in mine["results"]] == [1]
        theirs = post(tollgate, path, body | {"model": "ranker/m"})
        assert theirs["results"] == []


def test_what_a_model_does_not_do_is_refused_before_anybody_is_asked(client, tollgate):
    before = tollgate.taps["anthropic-side"].count()
    with pytest.raises(openai.BadRequestError) as refused:
        client.embeddings.create(model="anthropic-side/mock-1", input="a lamp")
    assert refused.value.code == "parameter_unsupported"
    assert "openai-side" in refused.value.message
    assert tollgate.taps["anthropic-side"].count() == before
