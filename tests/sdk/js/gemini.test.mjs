// Every upstream through the unchanged Google Gen AI SDK for JavaScript.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { GoogleGenAI } from "@google/genai";

const client = new GoogleGenAI({
  apiKey: process.env.TOLLGATE_KEY,
  httpOptions: { baseUrl: process.env.TOLLGATE_URL.replace(/\/v1$/, "") },
});
const greeting = "Good morning from upstream, it is a fine day.";

for (const upstream of process.env.UPSTREAMS.split(",")) {
  const model = `${upstream}/mock-1`;

  describe(upstream, () => {
    test("a text is answered", async () => {
      const answer = await client.models.generateContent({ model, contents: "hello" });
      assert.equal(answer.text, greeting);
      assert.equal(answer.candidates[0].finishReason, "STOP");
      assert.equal(answer.usageMetadata.promptTokenCount, 11);
    });

    test("a stream gives the same text, and its usage at the end", async () => {
      const stream = await client.models.generateContentStream({ model, contents: "hello" });
      let text = "";
      let usage;
      for await (const piece of stream) {
        text += piece.text ?? "";
        usage = piece.usageMetadata ?? usage;
      }
      assert.equal(text, greeting);
      assert.equal(usage.candidatesTokenCount, 7);
    });
  });
}
