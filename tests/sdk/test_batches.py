"""Files and batches, through the unchanged SDK of OpenAI, on the sandbox."""

import json

import openai
import pytest

# Where a file goes that names no model: another provider would come first.
SANDBOX = {"x-tollgate-provider": "sandbox"}


def requests(*texts: str, model: str = "sandbox/echo") -> bytes:
    lines = [
        {
            "custom_id": f"request-{number}",
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": {"model": model, "messages": [{"role": "user", "content": text}], "max_tokens": 100},
        }
        for number, text in enumerate(texts)
    ]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def make(client, content: bytes):
    """A batch of a file, and the headers with which it was told."""
    file = client.files.create(file=("requests.jsonl", content), purpose="batch")
    return client.batches.with_raw_response.create(
        input_file_id=file.id,
        endpoint="/v1/chat/completions",
        completion_window="24h",
        metadata={"for": "a test"},
    )


def test_a_batch_is_made_answered_and_paid(client, tollgate):
    made = make(client, requests("a bridge", "a gate"))
    batch = made.parse()
    assert batch.metadata == {"for": "a test"}
    got = client.batches.retrieve(batch.id)
    assert (got.status, got.request_counts.completed) == ("completed", 2)
    assert got.id in [one.id for one in client.batches.list()]
    answers = [json.loads(line) for line in client.files.content(got.output_file_id).text.splitlines()]
    said = {one["custom_id"]: one["response"]["body"]["choices"][0]["message"]["content"] for one in answers}
    assert said == {"request-0": "a bridge", "request-1": "a gate"}
    record = tollgate.api(f"calls/{made.headers['x-tollgate-call']}")
    assert (record["path"], record["model"]) == ("/v1/batches", "sandbox/echo")
    assert record["cost"] != "0.00"


def test_files_are_listed_read_and_deleted(client):
    file = client.files.create(file=("note.txt", b"a note"), purpose="user_data", extra_headers=SANDBOX)
    assert client.files.retrieve(file.id).filename == "note.txt"
    assert client.files.content(file.id).read() == b"a note"
    assert file.id in [one.id for one in client.files.list(purpose="user_data")]
    assert client.files.delete(file.id).deleted
    with pytest.raises(openai.NotFoundError):
        client.files.retrieve(file.id)


def test_another_application_sees_none_of_it(client, client_of):
    batch = make(client, requests("mine")).parse()
    stranger = client_of("purse")
    for ask in [
        lambda: stranger.files.retrieve(batch.input_file_id),
        lambda: stranger.files.content(batch.output_file_id),
        lambda: stranger.files.delete(batch.input_file_id),
        lambda: stranger.batches.retrieve(batch.id),
        lambda: stranger.batches.cancel(batch.id),
    ]:
        with pytest.raises(openai.NotFoundError):
            ask()
    assert batch.id not in [one.id for one in stranger.batches.list()]


def test_a_line_that_is_wrong_is_named(client):
    with pytest.raises(openai.BadRequestError, match="Line 2: .*all requests of a batch ask for one model"):
        client.files.create(
            file=("requests.jsonl", requests("a") + requests("b", model="sandbox/long")), purpose="batch"
        )
