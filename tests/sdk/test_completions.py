"""Every upstream through the older completions of the unchanged OpenAI SDK."""

from decimal import Decimal

import openai
import pytest

from harness import cost
from test_answers import GREETING


def complete(client, streamed: bool, **request):
    """The text of an answer, its reason to finish, and its usage."""
    request = {"prompt": "hello", "max_tokens": 100} | request
    if not streamed:
        answer = client.completions.create(**request)
        return answer.choices[0].text, answer.choices[0].finish_reason, answer.usage
    text, finish, usage = "", None, None
    options = {"include_usage": True}
    for piece in client.completions.create(stream=True, stream_options=options, **request):
        usage = piece.usage or usage
        for choice in piece.choices:
            text += choice.text
            finish = choice.finish_reason or finish
    return text, finish, usage


def test_a_prompt_is_continued_and_charged(client, tollgate, upstream, streamed):
    text, finish, usage = complete(client, streamed, model=f"{upstream}/mock-1")
    assert (text, finish) == (GREETING, "stop")
    assert (usage.prompt_tokens, usage.completion_tokens) == (11, 7)
    record = tollgate.newest("openai-completions", upstream, streamed)
    assert Decimal(record["cost"]) == cost(11, 7)


def test_what_another_dialect_cannot_do_is_refused_by_name(client, upstream):
    for more, name in (
        ({"echo": True}, "echo"),
        ({"prompt": ["a", "b"]}, "prompt"),
        ({"prompt": [1, 2, 3]}, "prompt"),
        ({"logprobs": 3}, "logprobs"),
        ({"suffix": "the end"}, "suffix"),
    ):
        with pytest.raises(openai.BadRequestError) as caught:
            complete(client, False, model=f"{upstream}/mock-1", **more)
        assert caught.value.param == name
