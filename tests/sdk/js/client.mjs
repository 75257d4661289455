// The SDK as its users make it, and the admin API for looking behind the answers.

import OpenAI from "openai";

export const clientWith = (apiKey) => new OpenAI({ baseURL: process.env.TOLLGATE_URL, apiKey });

export const client = clientWith(process.env.TOLLGATE_KEY);

// Nano-dollars at 2.50 and 10.00 dollars per million tokens: whole numbers, so nothing is rounded.
export function costOf(prompt, completion) {
  const nanos = BigInt(prompt) * 2500n + BigInt(completion) * 10000n;
  const digits = nanos.toString().padStart(10, "0");
  const fraction = digits.slice(-9).replace(/0+$/, "").padEnd(2, "0");
  return `${digits.slice(0, -9)}.${fraction}`;
}

export async function gather(stream) {
  const got = { text: "", finish: null, usage: null, toolCalls: [] };
  for await (const chunk of stream) {
    got.usage = chunk.usage ?? got.usage;
    const choice = chunk.choices[0];
    if (!choice) continue;
    got.text += choice.delta.content ?? "";
    got.finish = choice.finish_reason ?? got.finish;
    for (const { index, id, type, function: part } of choice.delta.tool_calls ?? []) {
      const call = (got.toolCalls[index] ??= { id, type, function: { name: part.name, arguments: "" } });
      call.function.arguments += part.arguments ?? "";
    }
  }
  return got;
}

export async function api(path) {
  const headers = { authorization: `Bearer ${process.env.TOLLGATE_API_TOKEN}` };
  const answer = await fetch(`${process.env.TOLLGATE_API}/${path}`, { headers });
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

// The record of a call, which is written shortly after the call.
export async function call(id) {
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; ) {
    const record = await api(`calls/${id}`);
    if (record) return record;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`no record of ${id} came`);
}
