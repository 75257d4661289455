"""LangChain's client for OpenAI, unchanged but for its base URL, before every upstream."""

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings


@tool
def get_weather(city: str, days: int = 1) -> dict:
    """The weather of a city."""
    return {"celsius": 17}


@pytest.fixture(params=["chat", "responses"])
def model(request, tollgate, upstream):
    """A model of an upstream, by either of OpenAI's dialects."""
    return ChatOpenAI(
        model=f"{upstream}/mock-1",
        base_url=tollgate.url,
        api_key=tollgate.key,
        use_responses_api=request.param == "responses",
        stream_usage=True,
        max_tokens=100,
    )


def test_a_text_is_answered_and_counted(model):
    answer = model.invoke([SystemMessage("Be brief."), HumanMessage("hello")])
    assert answer.text.startswith("Good morning")
    assert answer.usage_metadata["output_tokens"] == 7


def test_a_text_is_streamed_piece_by_piece(model):
    whole = None
    pieces = 0
    for piece in model.stream("hello"):
        pieces += bool(piece.text)
        whole = piece if whole is None else whole + piece
    assert pieces > 1
    assert whole.text.startswith("Good morning")
    assert whole.usage_metadata["output_tokens"] == 7


def test_a_tool_is_called_and_its_result_goes_back(model):
    asked = HumanMessage("weather in Paris")
    called = model.bind_tools([get_weather]).invoke([asked])
    assert isinstance(called, AIMessage)
    [call] = called.tool_calls
    assert (call["name"], call["args"]["city"]) == ("get_weather", "Paris")
    result = ToolMessage('{"celsius": 17}', tool_call_id=call["id"])
    answer = model.bind_tools([get_weather]).invoke([asked, called, result])
    assert answer.text == "It is 17 degrees in Paris."


def test_vectors_are_made(tollgate):
    embeddings = OpenAIEmbeddings(
        model="sandbox/embed",
        base_url=tollgate.url,
        api_key=tollgate.key,
        # Its tokenizer would be fetched from elsewhere.
        check_embedding_ctx_length=False,
    )
    one, two = embeddings.embed_documents(["a lamp", "a gate"])
    assert len(one) == len(two) > 0
    assert one != two
