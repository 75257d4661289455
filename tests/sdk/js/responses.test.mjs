// Every upstream through OpenAI's responses API, with the unchanged SDK for JavaScript.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { call, client, costOf } from "./client.mjs";

const greeting = "Good morning from upstream, it is a fine day.";
const parameters = {
  type: "object",
  properties: { city: { type: "string" }, days: { type: "integer" } },
  required: ["city"],
};
const weather = { type: "function", name: "get_weather", strict: false, parameters };

for (const upstream of process.env.UPSTREAMS.split(",")) {
  const model = `${upstream}/mock-1`;

  describe(upstream, () => {
    test("a response is answered and charged", async () => {
      const { data, response } = await client.responses
        .create({ model, input: "hello" })
        .withResponse();
      assert.equal(data.output_text, greeting);
      assert.equal(data.status, "completed");
      assert.equal(response.headers.get("x-tollgate-cost-usd"), costOf(11, 7));
    });

    test("a stream gives the same response, event by event", async () => {
      const { data: stream, response } = await client.responses
        .create({ model, input: "hello", stream: true })
        .withResponse();
      const kinds = [];
      let text = "";
      let last;
      for await (const event of stream) {
        kinds.push(event.type);
        if (event.type === "response.output_text.delta") text += event.delta;
        last = event;
      }
      assert.equal(text, greeting);
      assert.equal(kinds.at(0), "response.created");
      assert.equal(last.type, "response.completed");
      assert.equal(last.response.usage.output_tokens, 7);
      const record = await call(response.headers.get("x-tollgate-call"));
      assert.equal(record.cost, costOf(11, 7));
    });

    test("the SDK's own stream gives a tool's call, and takes its result", async () => {
      const input = [{ role: "user", content: "weather in Paris" }];
      const stream = client.responses.stream({ model, input, tools: [weather], store: false });
      const first = await stream.finalResponse();
      const asked = first.output.find((item) => item.type === "function_call");
      assert.deepEqual(JSON.parse(asked.arguments), { city: "Paris", days: 2 });
      const { parsed_arguments: _, ...item } = asked;
      const output = { type: "function_call_output", call_id: asked.call_id, output: '{"celsius":17}' };
      input.push(item, output);
      const second = await client.responses.create({ model, input, tools: [weather], store: false });
      assert.equal(second.output_text, "It is 17 degrees in Paris.");
    });
  });
}

test("a conversation goes on from an earlier answer, at another provider", async () => {
  const first = await client.responses.create({ model: "openai-side/mock-1", input: "hello" });
  const second = await client.responses.create({
    model: "gemini-side/mock-1",
    input: "what is my name",
    previous_response_id: first.id,
  });
  assert.equal(second.output_text, "Your name is Ada.");
});
