// Every page, in light and dark, and as narrow as a telephone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { settled, tour } from "./tour.mjs";
import { busyMorning } from "./traffic.mjs";
import { Gateway, launch, seriousFindings, signIn, visitor, welcome } from "./world.mjs";

let gateway;
let browser;
let pages;
before(async () => {
	gateway = await Gateway.start();
	browser = await launch();
	const first = await visitor(browser, gateway);
	await welcome(first.page, gateway);
	await first.close();
	pages = tour(await busyMorning(gateway));
});
after(async () => {
	await browser?.close();
	await gateway?.stop();
});

/** Walks all pages in one look; `look` gets each page as it stands. */
async function walk(shape, look) {
	const { page, context, check, close } = await visitor(browser, gateway, shape);
	await signIn(page);
	for (const { name, path, outside } of pages) {
		if (outside) await context.clearCookies();
		await page.goto(path);
		await settled(page);
		await look(page, name);
	}
	check();
	await close();
}

for (const scheme of ["light", "dark"]) {
	test(`axe-core has no serious finding on any page in ${scheme}, and no page asks another host`, () =>
		walk({ scheme }, async (page, name) => {
			assert.equal(await page.locator("html").getAttribute("data-mantine-color-scheme"), scheme);
			assert.deepEqual(await seriousFindings(page), [], `${name} in ${scheme}`);
		}));
}

test("at 390 px no page is wider than the screen", () =>
	walk({ width: 390, height: 844 }, async (page, name) => {
		const width = await page.evaluate(() => document.documentElement.scrollWidth);
		assert.ok(width <= 390, `${name} is ${width} px wide`);
	}));
