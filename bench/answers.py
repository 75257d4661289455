"""What the mock upstream answers: documents and event streams, in two dialects."""

import json

_ID = "chatcmpl-bench00000000000000000000000000"
_USAGE = {
    "prompt_tokens": 62,
    "completion_tokens": 50,
    "total_tokens": 112,
    "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
}
_TEXT = (
    "A toll gate stops whoever wants to pass, reads what they carry and what they owe, takes the "
    "toll, and opens. Whoever cannot pay is told what is missing and where to get it; whoever has "
    "paid is let through at once."
)


_WORDS = (_TEXT.split() * 2)[:48]


def document(text: str = _TEXT) -> str:
    """An answer of about 740 bytes, or with another text, as OpenAI writes it."""
    return json.dumps(
        {
            "id": _ID,
            "object": "chat.completion",
            "created": 1795478400,
            "model": "bench-1",
            "choices": [
                {
                    "index": 0,
                    "message": {
                        "role": "assistant",
                        "content": text,
                        "refusal": None,
                    },
                    "logprobs": None,
                    "finish_reason": "stop",
                }
            ],
            "usage": _USAGE,
            "service_tier": "default",
            "system_fingerprint": None,
        }
    )


def _event(choices: list, usage: dict | None) -> str:
    chunk = {
        "id": _ID,
        "object": "chat.completion.chunk",
        "created": 1795478400,
        "model": "bench-1",
        "service_tier": "default",
        "system_fingerprint": "fp_0123456789",
        "choices": choices,
        "usage": usage,
    }
    return f"data: {json.dumps(chunk)}\n\n"


def stream() -> str:
    """A stream of 51 events, about 15.8 kB in all."""
    choice = {"index": 0, "logprobs": None, "finish_reason": None}
    events = [_event([choice | {"delta": {"content": word + " "}}], None) for word in _WORDS]
    events.append(_event([choice | {"delta": {}, "finish_reason": "stop"}], None))
    events.append(_event([], _USAGE))
    events.append("data: [DONE]\n\n")
    return "".join(events)


def large_document() -> str:
    """An answer of one megabyte: a long text, with what JSON escapes in it."""
    return document((_TEXT + '\n"And now again."\n') * 4100)


_MESSAGE = {"id": "msg_bench", "type": "message", "role": "assistant", "model": "bench-1"}
_TOKENS = {"input_tokens": 62, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}


def anthropic_document() -> str:
    """The same answer, as Anthropic writes it."""
    return json.dumps(
        _MESSAGE
        | {
            "content": [{"type": "text", "text": _TEXT}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": _TOKENS | {"output_tokens": 50, "service_tier": "standard"},
        }
    )


def anthropic_stream() -> str:
    """The same stream, as Anthropic writes it: 53 events."""
    start = _MESSAGE | {"content": [], "stop_reason": None, "stop_sequence": None}
    block = {"type": "text", "text": ""}
    end = {"delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": {"output_tokens": 50}}
    events = [
        {"type": "message_start", "message": start | {"usage": _TOKENS | {"output_tokens": 1}}},
        {"type": "content_block_start", "index": 0, "content_block": block},
        *(
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "text_delta", "text": word + " "},
            }
            for word in _WORDS
        ),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta"} | end,
        {"type": "message_stop"},
    ]
    return "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
