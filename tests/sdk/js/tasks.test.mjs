// What models do besides conversing, through the SDKs of OpenAI and Google and the AI SDK.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { GoogleGenAI } from "@google/genai";
import { embed, embedMany } from "ai";
import { toFile } from "openai";
import { client } from "./client.mjs";

const baseURL = process.env.TOLLGATE_URL;
const apiKey = process.env.TOLLGATE_KEY;
const vector = [0.25, -0.5, 1];
const embedders = ["openai-side", "gemini-side"];

for (const embedder of embedders) {
  const model = `${embedder}/mock-1`;

  describe(`vectors from ${embedder}`, () => {
    test("through OpenAI's SDK", async () => {
      // It asks for base64 by itself, which the mock of OpenAI's does not know, unlike us.
      const format = embedder === "openai-side" ? { encoding_format: "float" } : {};
      const { data } = await client.embeddings.create({ model, input: "a lamp", ...format });
      assert.deepEqual(data[0].embedding, vector);
    });

    // The mock of Gemini's makes vectors one at a time.
    if (embedder === "gemini-side") return;

    test("through Google's SDK", async () => {
      const httpOptions = { baseUrl: baseURL.replace(/\/v1$/, "") };
      const google = new GoogleGenAI({ apiKey, httpOptions });
      const { embeddings } = await google.models.embedContent({ model, contents: ["a lamp"] });
      assert.deepEqual(embeddings[0].values, vector);
    });

    test("through the AI SDK", async () => {
      const openai = createOpenAI({ baseURL, apiKey });
      const one = await embed({ model: openai.embedding(model), value: "a lamp" });
      assert.deepEqual(one.embedding, vector);
      const google = createGoogleGenerativeAI({ baseURL: baseURL.replace(/v1$/, "v1beta"), apiKey });
      const values = ["a lamp", "a lamp"];
      const many = await embedMany({ model: google.textEmbeddingModel(model), values });
      assert.deepEqual(many.embeddings, [vector, vector]);
    });
  });
}

test("vectors come in base64 where the SDK asks for it by itself", async () => {
  const ask = { model: "sandbox/embed", input: ["one", "two"], dimensions: 16 };
  const { data } = await client.embeddings.create(ask);
  const numbers = await client.embeddings.create({ ...ask, encoding_format: "float" });
  for (const [at, { embedding }] of data.entries()) {
    assert.equal(embedding.length, 16);
    embedding.forEach((x, i) => assert.ok(Math.abs(x - numbers.data[at].embedding[i]) < 1e-6));
  }
});

test("pictures are made, streamed and edited", async () => {
  const made = await client.images.generate({ model: "openai-side/mock-1", prompt: "a red pixel" });
  const picture = Buffer.from(made.data[0].b64_json, "base64");
  assert.equal(picture.subarray(1, 4).toString(), "PNG");
  const stream = await client.images.generate({ model: "sandbox/image", prompt: "p", stream: true });
  const types = [];
  for await (const event of stream) types.push(event.type);
  assert.deepEqual(types, ["image_generation.partial_image", "image_generation.completed"]);
  const image = await toFile(picture, "a.png", { type: "image/png" });
  const edited = await client.images.edit({ model: "sandbox/image", image, prompt: "p" });
  assert.equal(edited.usage.input_tokens_details.image_tokens, 272);
});

test("texts are spoken and recordings written down, whole and streamed", async () => {
  const spoken = await client.audio.speech.create({
    model: "sandbox/speech",
    voice: "alloy",
    input: "Good morning",
  });
  assert.equal(spoken.headers.get("content-type"), "audio/wav");
  const sound = Buffer.from(await spoken.arrayBuffer());
  const file = () => toFile(sound, "spoken.wav");
  const model = "openai-side/mock-1";
  const heard = await client.audio.transcriptions.create({ model, file: await file() });
  assert.equal(heard.text, "Good morning from upstream.");
  const stream = await client.audio.transcriptions.create({ model, file: await file(), stream: true });
  let text = "";
  for await (const event of stream) {
    if (event.type === "transcript.text.delta") text += event.delta;
  }
  assert.equal(text, heard.text);
  const english = await client.audio.translations.create({ model, file: await file() });
  assert.equal(english.text, "Good morning.");
});

test("texts are judged", async () => {
  const { results } = await client.moderations.create({ model: "sandbox/moderate", input: "violence" });
  assert.equal(results[0].flagged, true);
});
