// Realtime sessions, through both of OpenAI's clients of them. They only speak TLS by themselves; here they
// are told to leave it out.

import assert from "node:assert/strict";
import net from "node:net";
import { describe, test } from "node:test";
import { OpenAIRealtimeWebSocket } from "openai/realtime/websocket";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import { WebSocket } from "ws";
import { client } from "./client.mjs";

// Node has none of its own before version 22.
globalThis.WebSocket ??= WebSocket;

const plain = { createConnection: ({ host, port }) => net.connect({ host, port }) };
const unsecured = (url) => {
  url.protocol = "ws:";
};
const clients = {
  // Browsers cannot set headers: the key is a subprotocol.
  browser: (model) => new OpenAIRealtimeWebSocket({ model, onURL: unsecured, dangerouslyAllowBrowser: true }, client),
  server: (model) => new OpenAIRealtimeWS({ model, options: plain }, client),
};

function said(realtime, text) {
  return new Promise((resolve, reject) => {
    let heard = "";
    realtime.on("error", reject);
    realtime.on("response.output_text.delta", ({ delta }) => {
      heard += delta;
    });
    realtime.on("response.done", ({ response }) => resolve({ heard, response }));
    realtime.on("session.created", () => {
      realtime.send({ type: "session.update", session: { type: "realtime", output_modalities: ["text"] } });
      const content = [{ type: "input_text", text }];
      realtime.send({ type: "conversation.item.create", item: { type: "message", role: "user", content } });
      realtime.send({ type: "response.create" });
    });
  });
}

for (const [name, open] of Object.entries(clients)) {
  describe(`the client for a ${name}`, () => {
    test("hears the sandbox", async () => {
      const realtime = open("sandbox/realtime");
      const { heard, response } = await said(realtime, "a toll gate, please");
      realtime.close();
      assert.equal(heard, "a toll gate, please");
      assert.ok(response.usage.total_tokens > 0);
    });

    test("hears a provider that others made", async () => {
      const realtime = open("openai-side/mock-1");
      const { heard } = await said(realtime, "hello");
      realtime.close();
      assert.equal(heard, "Good morning from upstream, it is a fine day.");
    });
  });
}
