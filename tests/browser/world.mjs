// A real Tollgate process with real traffic, and a browser in front of it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, "../..");
const TARGET = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");
const BINARY = process.env.TOLLGATE_BINARY ?? join(TARGET, "debug", "tollgate");
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** The name and password of the first person. */
export const OWNER = { name: "anna", password: "a long enough password" };

/** A Tollgate process with a data folder of its own. */
export class Gateway {
	/** Starts one and waits until it says that it is ready. */
	static async start() {
		const folder = await mkdtemp(join(tmpdir(), "tollgate-browser-"));
		const data = join(folder, "data");
		const addresses = ["--gateway", "127.0.0.1:0", "--control", "127.0.0.1:0"];
		const child = spawn(BINARY, ["--data", data, "serve", ...addresses, "--json"], {
			env: { PATH: process.env.PATH },
			stdio: ["ignore", "pipe", "inherit"],
		});
		const lines = createInterface({ input: child.stdout });
		const banner = await new Promise((ready, failed) => {
			lines.once("line", (line) => ready(JSON.parse(line)));
			child.once("error", failed);
			child.once("exit", (code) => failed(new Error(`tollgate ended with ${code}`)));
		});
		const gateway = new Gateway();
		Object.assign(gateway, { folder, child, url: banner.gateway, console: banner.control });
		gateway.link = banner.sign_in;
		gateway.key = banner.key;
		gateway.token = (await readFile(join(data, "admin.token"), "utf8")).trim();
		return gateway;
	}

	/** Ends it and throws its data away. */
	async stop() {
		const ended = new Promise((done) => this.child.once("exit", done));
		this.child.kill("SIGTERM");
		await ended;
		await rm(this.folder, { recursive: true, force: true });
	}

	/** Asks the admin API as the operator; gives the body, once the request has succeeded. */
	async api(method, path, body) {
		const response = await fetch(`${this.console}/api/v1${path}`, {
			method,
			headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const text = await response.text();
		assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
		return text === "" ? null : JSON.parse(text);
	}

	/** Applies documents. */
	apply(...documents) {
		return this.api("POST", "/apply", { documents });
	}

	/** Makes a key for an application and gives it. */
	async newKey(application, name) {
		return (await this.api("POST", "/keys", { application, name })).key;
	}

	/** Makes a call; gives the response, its body read as text. */
	async call(key, body) {
		const response = await fetch(`${this.url}/v1/chat/completions`, {
			method: "POST",
			headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
			body: JSON.stringify({
				model: "sandbox/echo",
				messages: [{ role: "user", content: "What does a toll gate do?" }],
				...body,
			}),
		});
		return {
			status: response.status,
			id: response.headers.get("x-tollgate-call"),
			cost: response.headers.get("x-tollgate-cost-usd"),
			text: await response.text(),
		};
	}

	/** Waits until the admin API knows a call, and gives its record. */
	async recorded(id) {
		return until(`call ${id} to be recorded`, async () => {
			const { items } = await this.api("GET", "/calls?limit=1000");
			return items.find((call) => call.id === id);
		});
	}
}

/** Asks again and again until there is something; fails with what was waited for. */
export async function until(what, ask, seconds = 20) {
	const deadline = Date.now() + seconds * 1000;
	for (;;) {
		const found = await ask();
		if (found) return found;
		assert.ok(Date.now() < deadline, `waited ${seconds} s for ${what}`);
		await new Promise((again) => setTimeout(again, 50));
	}
}

/** Chromium without a window, and without a word to anybody but the gateway. */
export function launch() {
	return chromium.launch({
		executablePath: "/usr/bin/chromium",
		args: [
			"--no-sandbox",
			"--disable-gpu",
			"--disable-quic",
			"--no-first-run",
			"--disable-background-networking",
			"--disable-component-update",
			"--disable-sync",
		],
	});
}

/**
 * A browser profile with one page, which notes everything that should not happen: errors, what the
 * content security policy had to forbid, and requests to any other host.
 */
export async function visitor(browser, gateway, { scheme = "light", width = 1280, height = 860 } = {}) {
	const context = await browser.newContext({
		baseURL: gateway.console,
		colorScheme: scheme,
		viewport: { width, height },
		reducedMotion: "reduce",
		permissions: ["clipboard-read", "clipboard-write"],
	});
	context.setDefaultTimeout(20_000);
	const page = await context.newPage();
	const faults = [];
	// Whoever has no session yet is told so by the API, once on each visit of the sign-in page.
	const expected = ["401 (Unauthorized)"];
	page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
	page.on("console", (message) => {
		if (message.type() !== "error") return;
		// A status that the test means to get is told by the browser as an error.
		if (expected.some((text) => message.text().includes(text))) return;
		faults.push(`console: ${message.text()}`);
	});
	page.on("request", (request) => {
		const { origin, protocol } = new URL(request.url());
		const own = origin === gateway.console || protocol === "data:" || protocol === "blob:";
		if (!own) faults.push(`a request to ${origin}`);
	});
	return {
		page,
		context,
		/** Lets the browser tell of an error that the test means to cause. */
		expect: (text) => expected.push(text),
		/** Fails if anything happened that should not. */
		check: () => assert.deepEqual(faults, []),
		close: () => context.close(),
	};
}

/** Comes in by the printed link: sets a name and a password. */
export async function welcome(page, gateway, person = OWNER) {
	await page.goto(gateway.link);
	await page.getByLabel("Name", { exact: true }).fill(person.name);
	await page.getByLabel("Password", { exact: true }).fill(person.password);
	await page.getByRole("button", { name: "Set password and sign in" }).click();
	await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
}

/** Signs in with a name and a password. */
export async function signIn(page, person = OWNER) {
	await page.goto("/signin");
	await page.getByLabel("Name", { exact: true }).fill(person.name);
	await page.getByLabel("Password", { exact: true }).fill(person.password);
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.waitForURL((url) => !url.pathname.startsWith("/signin"));
	await page.getByRole("heading", { level: 1 }).waitFor();
}

/** What axe-core finds on a page that is serious or critical, in a line each. */
export async function seriousFindings(page) {
	// By the driver and not as a script tag, which the page's policy rightly forbids.
	await page.evaluate(await readFile(AXE, "utf8"));
	const { violations } = await page.evaluate(() =>
		globalThis.axe.run(document, {
			runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
		}),
	);
	return violations
		.filter(({ impact }) => impact === "serious" || impact === "critical")
		.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}
