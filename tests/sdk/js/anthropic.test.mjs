// Every upstream through the unchanged Anthropic SDK for JavaScript.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";

import { call, costOf } from "./client.mjs";

const client = new Anthropic({
  baseURL: process.env.TOLLGATE_URL.replace(/\/v1$/, ""),
  apiKey: process.env.TOLLGATE_KEY,
});
const greeting = "Good morning from upstream, it is a fine day.";
const user = (content) => [{ role: "user", content }];
const textOf = ({ content }) => content.map((block) => block.text ?? "").join("");

for (const upstream of process.env.UPSTREAMS.split(",")) {
  const model = `${upstream}/mock-1`;

  describe(upstream, () => {
    test("a message is answered and charged", async () => {
      const { data, response } = await client.messages
        .create({ model, messages: user("hello"), max_tokens: 100 })
        .withResponse();
      assert.equal(textOf(data), greeting);
      assert.equal(data.stop_reason, "end_turn");
      assert.equal(response.headers.get("x-tollgate-cost-usd"), costOf(11, 7));
    });

    test("a stream gives the same message, event by event", async () => {
      const stream = client.messages.stream({ model, messages: user("hello"), max_tokens: 100 });
      const kinds = [];
      stream.on("streamEvent", ({ type }) => kinds.push(type));
      const message = await stream.finalMessage();
      assert.equal(textOf(message), greeting);
      assert.equal(message.usage.output_tokens, 7);
      assert.equal(kinds.at(0), "message_start");
      assert.equal(kinds.at(-1), "message_stop");
      assert.equal(kinds.filter((kind) => kind === "message_start").length, 1);
      const record = await call(stream.response.headers.get("x-tollgate-call"));
      assert.equal(record.cost, costOf(11, 7));
    });
  });
}

test("a wrong key is the SDK's own error for it", async () => {
  const wrong = new Anthropic({ baseURL: client.baseURL, apiKey: "tg_wrong" });
  const asked = wrong.messages.create({ model: "sandbox/echo", messages: user("hi"), max_tokens: 9 });
  await assert.rejects(asked, Anthropic.AuthenticationError);
});
