"""Writes schema.json from OpenAI's OpenAPI document, whose licence stands beside it:

    python3 crates/dialect/tests/conformance/openai/extract.py OPENAPI.json

It keeps the schemas of what Tollgate says in OpenAI's dialects, and those that they need. Out goes what
says nothing of validity: descriptions, examples, marks of the makers of SDKs. Two words that JSON Schema
does not know, or no longer, are written in its own: `nullable`, and `$recursiveRef`. `oneOf` becomes `anyOf`:
the document's alternatives overlap, so that a message with a picture is two of them at once.
"""

import json
import pathlib
import sys

ROOTS = """
CreateChatCompletionRequest CreateChatCompletionResponse CreateChatCompletionStreamResponse
CreateResponse Response ResponseStreamEvent
CreateCompletionRequest CreateCompletionResponse
CreateEmbeddingRequest CreateEmbeddingResponse
CreateImageRequest ImagesResponse
CreateSpeechRequest CreateTranscriptionRequest
CreateModerationRequest
ErrorResponse
""".split()

# Members that validate nothing, where they are keywords and not names of properties.
SILENT = {"description", "example", "examples", "title", "deprecated", "default", "discriminator", "externalDocs"}
# Members under which every member is a name.
NAMES = {"properties", "patternProperties", "$defs"}
# Members whose value is data.
DATA = {"enum", "const", "required"}


def needed(schema, found: set[str]) -> None:
    """The names of the schemas to which a schema refers."""
    if isinstance(schema, dict):
        reference = schema.get("$ref")
        if isinstance(reference, str):
            found.add(reference.rsplit("/", 1)[1])
        for value in schema.values():
            needed(value, found)
    elif isinstance(schema, list):
        for value in schema:
            needed(value, found)


def plain(schema, name: str):
    """A schema with nothing in it but what validates. `name` is that of the component it is part of."""
    if isinstance(schema, list):
        return [plain(one, name) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {}
    for key, value in schema.items():
        if key in DATA:
            kept[key] = value
        elif key in NAMES:
            kept[key] = {named: plain(one, name) for named, one in value.items()}
        elif key == "$recursiveRef":
            kept["$ref"] = f"#/components/schemas/{name}"
        elif key == "oneOf":
            kept["anyOf"] = plain(value, name)
        elif key not in SILENT | {"nullable", "optional", "$recursiveAnchor"} and not key.startswith("x-"):
            kept[key] = plain(value, name)
    if schema.get("nullable") is True:
        return {"anyOf": [kept, {"type": "null"}]}
    return kept


def main() -> None:
    document = json.loads(pathlib.Path(sys.argv[1]).read_text())
    schemas = document["components"]["schemas"]
    kept, left = {}, set(ROOTS)
    while left:
        name = left.pop()
        kept[name] = plain(schemas[name], name)
        more: set[str] = set()
        needed(kept[name], more)
        left |= more - kept.keys()
    # One schema per line: it is read by a program, and a change of one is a change of one line.
    lines = [f"{json.dumps(name)}: {json.dumps(kept[name], separators=(',', ':'))}" for name in sorted(kept)]
    origin = f"{document['info']['title']} {document['info']['version']}"
    text = '{"$comment": %s,\n"components": {"schemas": {\n%s\n}}}\n' % (json.dumps(origin), ",\n".join(lines))
    pathlib.Path(__file__).with_name("schema.json").write_text(text)


main()
