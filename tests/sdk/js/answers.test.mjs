// Answers of three upstreams, whole and streamed, through the unchanged OpenAI SDK for JavaScript.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import OpenAI from "openai";

import { call, client, costOf, gather } from "./client.mjs";

const upstreams = process.env.UPSTREAMS.split(",");
const greeting = "Good morning from upstream, it is a fine day.";
const user = (content) => [{ role: "user", content }];
const weather = {
  type: "function",
  function: {
    name: "get_weather",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

for (const upstream of upstreams) {
  const model = `${upstream}/mock-1`;

  describe(upstream, () => {
    test("a text is answered and charged", async () => {
      const { data, response } = await client.chat.completions
        .create({ model, messages: user("hello"), max_tokens: 100 })
        .withResponse();
      assert.equal(data.choices[0].message.content, greeting);
      assert.equal(data.choices[0].finish_reason, "stop");
      assert.equal(data.usage.total_tokens, 18);
      assert.equal(response.headers.get("x-tollgate-provider"), upstream);
      assert.equal(response.headers.get("x-tollgate-cost-usd"), costOf(11, 7));
      const record = await call(response.headers.get("x-tollgate-call"));
      assert.equal(record.cost, costOf(11, 7));
    });

    test("a stream tells its usage and cost at the end", async () => {
      const stream = await client.chat.completions.create({
        model,
        messages: user("hello"),
        max_tokens: 100,
        stream: true,
        stream_options: { include_usage: true },
      });
      const got = await gather(stream);
      assert.equal(got.text, greeting);
      assert.equal(got.finish, "stop");
      assert.equal(got.usage.prompt_tokens, 11);
      assert.equal(Number(got.usage.cost), Number(costOf(11, 7)));
    });

    for (const stream of [false, true]) {
      test(`a tool is called and its result goes back, ${stream ? "streamed" : "whole"}`, async () => {
        const messages = user("weather in Paris");
        const request = { model, messages, tools: [weather], max_tokens: 100, stream };
        const first = await client.chat.completions.create(request);
        const asked = stream ? await gather(first) : whole(first);
        assert.equal(asked.finish, "tool_calls");
        assert.equal(asked.toolCalls.length, 1);
        const [tool] = asked.toolCalls;
        assert.deepEqual(JSON.parse(tool.function.arguments), { city: "Paris", days: 2 });
        messages.push(
          { role: "assistant", content: null, tool_calls: [tool] },
          { role: "tool", tool_call_id: tool.id, content: '{"celsius":17}' },
        );
        const second = await client.chat.completions.create(request);
        const told = stream ? await gather(second) : whole(second);
        assert.equal(told.text, "It is 17 degrees in Paris.");
      });
    }

    test("a stream that breaks off is an error", async () => {
      const { data: stream, response } = await client.chat.completions
        .create({ model, messages: user("break off"), max_tokens: 100, stream: true })
        .withResponse();
      await assert.rejects(gather(stream), OpenAI.APIError);
      const record = await call(response.headers.get("x-tollgate-call"));
      assert.equal(record.ending, "upstream_cut");
    });
  });
}

function whole(completion) {
  const [{ message, finish_reason: finish }] = completion.choices;
  return { text: message.content, finish, toolCalls: message.tool_calls ?? [] };
}

test("the models are listed", async () => {
  const names = [];
  for await (const model of client.models.list()) names.push(model.id);
  assert.ok(names.includes("sandbox/echo"), names.join(" "));
});

test("an unknown model is a 404 that names near ones", async () => {
  const asked = client.chat.completions.create({ model: "sturdi", messages: user("hello") });
  await assert.rejects(asked, (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.equal(error.code, "model_not_found");
    assert.match(error.message, /sturdy/);
    return true;
  });
});

test("a failing provider is failed over", async () => {
  const { data, response } = await client.chat.completions
    .create({ model: "sturdy", messages: user("hello"), max_tokens: 100 })
    .withResponse();
  assert.equal(data.choices[0].message.content, greeting);
  assert.equal(response.headers.get("x-tollgate-provider"), "openai-side");
});
