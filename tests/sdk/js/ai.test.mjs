// Every upstream through the AI SDK, by each of its providers whose dialect callers may speak.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createCohere } from "@ai-sdk/cohere";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, jsonSchema, stepCountIs, streamText, tool } from "ai";

const baseURL = process.env.TOLLGATE_URL;
const apiKey = process.env.TOLLGATE_KEY;
const openai = createOpenAI({ baseURL, apiKey });
const root = baseURL.replace(/\/v1$/, "");
const dialects = {
  "openai-chat": openai.chat,
  "openai-responses": openai.responses,
  "openai-compatible": createOpenAICompatible({ name: "tollgate", baseURL, apiKey, includeUsage: true }),
  cohere: createCohere({ baseURL: `${root}/v2`, apiKey }),
  "bedrock-converse": createAmazonBedrock({ baseURL: root, region: "us-east-1", apiKey }),
  "anthropic-messages": createAnthropic({ baseURL, apiKey }),
  gemini: createGoogleGenerativeAI({ baseURL: baseURL.replace(/v1$/, "v1beta"), apiKey }),
};
const greeting = "Good morning from upstream, it is a fine day.";
const get_weather = tool({
  description: "The weather of a city",
  inputSchema: jsonSchema({
    type: "object",
    properties: { city: { type: "string" }, days: { type: "integer" } },
    required: ["city"],
  }),
  execute: async () => ({ celsius: 17 }),
});

for (const [dialect, modelOf] of Object.entries(dialects)) {
  for (const upstream of process.env.UPSTREAMS.split(",")) {
    const model = modelOf(`${upstream}/mock-1`);

    describe(`${dialect} to ${upstream}`, () => {
      test("a text is generated", async () => {
        const { text, finishReason, usage } = await generateText({ model, prompt: "hello" });
        assert.equal(text, greeting);
        assert.equal(finishReason, "stop");
        assert.equal(usage.outputTokens, 7);
      });

      test("a text is streamed", async () => {
        const { textStream } = streamText({ model, prompt: "hello" });
        let text = "";
        for await (const piece of textStream) text += piece;
        assert.equal(text, greeting);
      });

      // The mock ends a call of a tool with FUNCTION_CALL, which Google has not; what passes is not
      // touched, and the AI SDK goes on only after a reason that it knows.
      if (dialect === "gemini" && upstream === "gemini-side") return;

      test("a tool is called and the model goes on from its result", async () => {
        const { text } = await generateText({
          model,
          prompt: "weather in Paris",
          tools: { get_weather },
          stopWhen: stepCountIs(2),
        });
        assert.equal(text, "It is 17 degrees in Paris.");
      });
    });
  }
}
