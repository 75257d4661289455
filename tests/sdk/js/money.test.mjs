// What happens when money is short, as the user of the JavaScript SDK sees it.

import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";

import { api, call, clientWith, costOf } from "./client.mjs";

const messages = [{ role: "user", content: "hello" }];

test("a spent budget is a 429 that is not tried again", async () => {
  const client = clientWith(process.env.TOLLGATE_KEY_CAPPED);
  const before = (await api("calls?application=capped")).items.length;
  const asked = client.chat.completions.create({ model: "openai-side/mock-1", messages, max_tokens: 9 });
  let refused;
  await assert.rejects(asked, (error) => {
    refused = error;
    return error instanceof OpenAI.RateLimitError;
  });
  assert.equal(refused.headers.get("x-should-retry"), "false");
  assert.equal(refused.headers.get("x-tollgate-reason"), "budget_exceeded");
  await call(refused.headers.get("x-tollgate-call"));
  assert.equal((await api("calls?application=capped")).items.length, before + 1);
});

test("a prepaid team pays exactly what its call cost", async () => {
  const client = clientWith(process.env.TOLLGATE_KEY_PURSE);
  const { response } = await client.chat.completions
    .create({ model: "gemini-side/mock-1", messages, max_tokens: 100 })
    .withResponse();
  const record = await call(response.headers.get("x-tollgate-call"));
  const paid = record.charges.find((charge) => charge.account === "wallet/purse");
  assert.equal(paid.taken, costOf(11, 7));
});
