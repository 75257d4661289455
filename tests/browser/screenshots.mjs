// Writes a picture of every page to docs/images: light, dark, and as narrow as a telephone.
//
//     node tests/browser/screenshots.mjs [PAGE…]

import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { settled, tour } from "./tour.mjs";
import { busyMorning } from "./traffic.mjs";
import { Gateway, launch, signIn, visitor, welcome } from "./world.mjs";

const IMAGES = resolve(dirname(fileURLToPath(import.meta.url)), "../../docs/images");
const LOOKS = [
	{ look: "light", scheme: "light", width: 1280, height: 860 },
	{ look: "dark", scheme: "dark", width: 1280, height: 860 },
	{ look: "narrow", scheme: "light", width: 390, height: 844 },
];

const wanted = process.argv.slice(2);
await mkdir(IMAGES, { recursive: true });
const gateway = await Gateway.start();
const browser = await launch();
try {
	const first = await visitor(browser, gateway);
	await welcome(first.page, gateway);
	await first.close();
	const pages = tour(await busyMorning(gateway));
	for (const { look, ...shape } of LOOKS) {
		const { page, context, check, close } = await visitor(browser, gateway, shape);
		await signIn(page);
		for (const { name, path, outside } of pages) {
			if (wanted.length > 0 && !wanted.includes(name)) continue;
			if (outside) await context.clearCookies();
			await page.goto(path);
			await settled(page);
			await page.screenshot({ path: join(IMAGES, `${name}-${look}.png`) });
		}
		check();
		await close();
	}
} finally {
	await browser.close();
	await gateway.stop();
}
