// Files and batches, through OpenAI's SDK, on the sandbox.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NotFoundError, toFile } from "openai";
import { client, clientWith } from "./client.mjs";

const request = (id, content) =>
  `${JSON.stringify({
    custom_id: id,
    method: "POST",
    url: "/v1/chat/completions",
    body: { model: "sandbox/echo", messages: [{ role: "user", content }], max_tokens: 100 },
  })}\n`;

test("a batch is made and answered", async () => {
  const content = Buffer.from(request("a", "a bridge") + request("b", "a gate"));
  // What it is for stands behind the file in this form.
  const file = await client.files.create({ file: await toFile(content, "requests.jsonl"), purpose: "batch" });
  const made = await client.batches.create({
    input_file_id: file.id,
    endpoint: "/v1/chat/completions",
    completion_window: "24h",
  });
  const batch = await client.batches.retrieve(made.id);
  assert.equal(batch.status, "completed");
  const answers = await (await client.files.content(batch.output_file_id)).text();
  const said = answers.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(said.map((one) => one.response.body.choices[0].message.content), ["a bridge", "a gate"]);
  const listed = [];
  for await (const one of client.batches.list()) listed.push(one.id);
  assert.ok(listed.includes(batch.id));
});

test("a file is read, listed, deleted, and nobody else's", async () => {
  const note = await toFile(Buffer.from("a note"), "note.txt");
  // Where a file goes that names no model: another provider would come first.
  const headers = { "x-tollgate-provider": "sandbox" };
  const file = await client.files.create({ file: note, purpose: "user_data" }, { headers });
  assert.equal(await (await client.files.content(file.id)).text(), "a note");
  const stranger = clientWith(process.env.TOLLGATE_KEY_CAPPED);
  await assert.rejects(stranger.files.retrieve(file.id), NotFoundError);
  const listed = [];
  for await (const one of client.files.list()) listed.push(one.id);
  assert.ok(listed.includes(file.id));
  assert.equal((await client.files.delete(file.id)).deleted, true);
  await assert.rejects(client.files.retrieve(file.id), NotFoundError);
});
