"""Clouds with addresses of their own: as upstreams, and their SDKs as callers."""

import anthropic
import openai
import pytest
from google import genai
from google.genai import types

from answers import ask, user
from harness import PLATFORMS, UPSTREAM_KEY, cost
from test_answers import GREETING


@pytest.fixture(params=PLATFORMS)
def platform(request):
    return request.param


def test_a_platform_answers_and_is_charged(client, platform, streamed):
    got = ask(client, streamed, model=f"{platform}/mock-1", messages=user("hello"))
    assert got.text == GREETING
    assert (got.prompt_tokens, got.completion_tokens) == (11, 7)
    assert got.headers["x-tollgate-provider"] == platform
    assert got.cost == cost(11, 7)


def test_azure_gets_its_key_and_its_version(client, tollgate):
    ask(client, False, model="azure-side/mock-1", messages=user("hello"))
    sent = tollgate.taps["azure-side"].bytes()
    path = b"/openai/deployments/mock-1/chat/completions?api-version=2024-10-21"
    assert b"POST " + path in sent
    assert f"api-key: {UPSTREAM_KEY}".encode() in sent


def test_vertex_gets_a_token_that_is_asked_for_once(client, tollgate):
    for _ in range(2):
        ask(client, False, model="vertex-side/mock-1", messages=user("hello"))
    sent = tollgate.taps["vertex-side"].bytes()
    place = b"/v1/projects/sdk-tests/locations/europe-west4/publishers/google/models/mock-1"
    assert b"POST " + place + b":generateContent" in sent
    assert f"authorization: Bearer {tollgate.tokens.TOKEN}".encode() in sent
    [claims] = tollgate.tokens.claims
    assert claims["iss"] == "robot@sdk-tests.iam.gserviceaccount.com"
    assert tollgate.tokens.TOKEN not in tollgate.logged()


def test_the_client_for_azure_reaches_every_upstream(tollgate, upstream, streamed):
    with openai.AzureOpenAI(
        azure_endpoint=f"http://{tollgate.gateway}", api_key=tollgate.key, api_version="2024-10-21"
    ) as azure:
        got = ask(azure, streamed, model=f"{upstream}/mock-1", messages=user("hello"))
        assert got.text == GREETING
        assert "sturdy" in [model.id for model in azure.models.list()]
    with openai.AzureOpenAI(
        azure_endpoint=f"http://{tollgate.gateway}",
        azure_deployment="sturdy",
        api_key=tollgate.key,
        api_version="2024-10-21",
    ) as deployed:
        got = ask(deployed, streamed, model="whatever", messages=user("hello"))
        assert got.text == GREETING
    with openai.OpenAI(base_url=f"http://{tollgate.gateway}/openai/v1", api_key=tollgate.key) as v1:
        got = ask(v1, streamed, model=f"{upstream}/mock-1", messages=user("hello"))
        assert got.text == GREETING


def test_the_client_for_vertex_reaches_every_upstream(tollgate, upstream, streamed):
    options = types.HttpOptions(base_url=f"http://{tollgate.gateway}")
    vertex = genai.Client(vertexai=True, api_key=tollgate.key, http_options=options)
    for model in [f"{upstream}/mock-1", "sturdy"]:
        asked = {"model": model, "contents": "hello"}
        if streamed:
            pieces = vertex.models.generate_content_stream(**asked)
        else:
            pieces = [vertex.models.generate_content(**asked)]
        assert "".join(piece.text or "" for piece in pieces) == GREETING


def test_the_client_for_claude_at_vertex_reaches_every_upstream(tollgate, upstream):
    client = anthropic.AnthropicVertex(
        base_url=tollgate.url, access_token=tollgate.key, project_id="p", region="us-east5"
    )
    asked = {"model": f"{upstream}/mock-1", "messages": user("hello")}
    answer = client.messages.create(max_tokens=100, **asked)
    assert answer.content[0].text == GREETING
    with client.messages.stream(max_tokens=100, **asked) as stream:
        assert "".join(stream.text_stream) == GREETING
    assert client.messages.count_tokens(**asked).input_tokens > 0
