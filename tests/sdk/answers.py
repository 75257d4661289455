"""Asking for an answer, whole or streamed, and one view of what came."""

from dataclasses import dataclass, field
from decimal import Decimal

import openai


@dataclass
class Answer:
    """What a caller got, however it came."""

    headers: dict
    text: str = ""
    finish: str | None = None
    tool_calls: list[dict] = field(default_factory=list)
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost: Decimal | None = None

    @property
    def call(self) -> str:
        return self.headers["x-tollgate-call"]


def ask(client: openai.OpenAI, streamed: bool, **request) -> Answer:
    """One answer. A stream is asked for its usage, as callers do who want to know it."""
    request.setdefault("max_tokens", 100)
    if streamed:
        request |= {"stream": True, "stream_options": {"include_usage": True}}
    raw = client.chat.completions.with_raw_response.create(**request)
    answer = Answer(headers=dict(raw.headers))
    parsed = raw.parse()
    if streamed:
        gather(answer, parsed)
    else:
        read(answer, parsed)
    return answer


def read(answer: Answer, completion) -> None:
    """Takes over a whole answer."""
    choice = completion.choices[0]
    assert choice.message.role == "assistant"
    answer.text = choice.message.content or ""
    answer.finish = choice.finish_reason
    for call in choice.message.tool_calls or []:
        assert call.type == "function"
        function = call.function
        answer.tool_calls.append(
            {"id": call.id, "name": function.name, "arguments": function.arguments}
        )
    note_usage(answer, completion.usage)
    answer.cost = Decimal(answer.headers["x-tollgate-cost-usd"])


def gather(answer: Answer, stream) -> None:
    """Takes over a streamed answer, and checks what every stream must be like."""
    ids, roles, ended = set(), 0, False
    for chunk in stream:
        assert chunk.object == "chat.completion.chunk"
        ids.add(chunk.id)
        if chunk.usage is not None:
            assert chunk.choices == [], "the usage comes in a chunk of its own"
            assert answer.prompt_tokens is None, "the usage comes once"
            note_usage(answer, chunk.usage)
            answer.cost = Decimal(str(chunk.usage.model_extra["cost"]))
            continue
        assert not ended, "nothing but the usage comes after the finish reason"
        choice = chunk.choices[0]
        assert choice.index == 0
        roles += choice.delta.role is not None
        answer.text += choice.delta.content or ""
        for delta in choice.delta.tool_calls or []:
            note_tool_call(answer, delta)
        if choice.finish_reason is not None:
            answer.finish = choice.finish_reason
            ended = True
    assert len(ids) == 1, f"one id for all chunks, not {ids}"
    assert roles >= 1, "the role is told"


def note_tool_call(answer: Answer, delta) -> None:
    assert delta.index <= len(answer.tool_calls), "indices of tool calls have no gaps"
    if delta.index == len(answer.tool_calls):
        call = {"id": delta.id, "name": delta.function.name, "arguments": ""}
        answer.tool_calls.append(call)
    if delta.function and delta.function.arguments:
        answer.tool_calls[delta.index]["arguments"] += delta.function.arguments


def note_usage(answer: Answer, usage) -> None:
    answer.prompt_tokens = usage.prompt_tokens
    answer.completion_tokens = usage.completion_tokens
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens


def user(text: str) -> list[dict]:
    """A conversation of one message."""
    return [{"role": "user", "content": text}]
