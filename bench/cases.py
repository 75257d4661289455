"""The kinds of call that are measured."""

import base64
import json
from dataclasses import dataclass
from typing import Callable

import answers


@dataclass(frozen=True)
class Case:
    """One kind of call: what is asked, and what the upstream answers.

    `dialect` is the upstream's; callers always speak `openai-chat`. `prompt` is about how many bytes
    of text a request has, `image` how many bytes of a picture go with it. nginx is measured where it
    is `beside`.
    """

    name: str
    answer: Callable[[], str]
    stream: bool = False
    dialect: str = "openai-chat"
    prompt: int = 230
    image: int = 0
    beside: bool = False
    connections: int = 32

    def body(self, model: str) -> str:
        """The request."""
        sentence = "Tell me in a few words how a toll gate works. "
        text = sentence * (self.prompt // len(sentence))
        content: object = text
        if self.image:
            picture = base64.b64encode(bytes(range(256)) * (self.image * 3 // 4 // 256)).decode()
            url = {"url": f"data:image/png;base64,{picture}"}
            content = [{"type": "text", "text": text}, {"type": "image_url", "image_url": url}]
        messages = [{"role": "system", "content": "You are brief."}, {"role": "user", "content": content}]
        request = {"model": model, "max_tokens": 200}
        request |= {"stream": True} if self.stream else {}
        return json.dumps(request | {"messages": messages})

    def least(self) -> int:
        """How many bytes an answer has at least. The usage that no caller asked for is taken out of a
        stream again, and a translated answer has the length of its own dialect."""
        told = answers.stream if self.stream else answers.document
        expected = len(self.answer()) if self.dialect == "openai-chat" else len(told())
        return int((0.95 if self.dialect == "openai-chat" else 0.4) * expected)


TWO_KB = 1900

CASES = [
    Case("json", answers.document, beside=True),
    Case("stream", answers.stream, stream=True, beside=True),
    Case("passed", answers.document, prompt=TWO_KB),
    Case("translated", answers.anthropic_document, dialect="anthropic-messages", prompt=TWO_KB),
    Case("passed-stream", answers.stream, stream=True, prompt=TWO_KB),
    Case(
        "translated-stream",
        answers.anthropic_stream,
        stream=True,
        dialect="anthropic-messages",
        prompt=TWO_KB,
    ),
    Case("large", answers.large_document, image=200_000, connections=8),
]
