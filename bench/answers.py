"""The two answers of the mock upstream: one JSON document, one event stream."""

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


def document() -> str:
    """An answer of about 740 bytes, as OpenAI writes it."""
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
                        "content": _TEXT,
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
    words = (_TEXT.split() * 2)[:48]
    choice = {"index": 0, "logprobs": None, "finish_reason": None}
    events = [_event([choice | {"delta": {"content": word + " "}}], None) for word in words]
    events.append(_event([choice | {"delta": {}, "finish_reason": "stop"}], None))
    events.append(_event([], _USAGE))
    events.append("data: [DONE]\n\n")
    return "".join(events)
