// Opens /docs of a running server in Debian's Chromium and tries an operation there.
// Usage: node tests/browser/docs.mjs http://127.0.0.1:8080
//
// It fails on any error in the console, a breach of the content policy among them, on any request to another origin,
// and if the operation GET /v1/articles cannot be executed with a 200 in the page.

import { chromium } from "playwright-core";

const base = process.argv[2];
if (!base) {
  console.error("usage: docs.mjs BASE_URL");
  process.exit(2);
}
const origin = new URL(base).origin;
const operation = "list_articles";
const faults = [];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1600 } });
  page.on("console", (message) => {
    if (message.type() === "error" || /content security policy/i.test(message.text())) {
      faults.push(`console: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => faults.push(`page: ${error.message}`));
  page.on("requestfailed", (request) => faults.push(`failed: ${request.url()} ${request.failure()?.errorText}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "blob:"].includes(url.protocol) && url.origin !== origin) {
      faults.push(`elsewhere: ${request.url()}`);
    }
  });
  page.on("response", (response) => {
    if (response.status() >= 400) {
      faults.push(`${response.status()}: ${response.url()}`);
    }
  });

  await page.goto(`${origin}/docs`, { waitUntil: "networkidle" });
  const title = await page.title();
  if (title !== "Masthead API") {
    faults.push(`title: ${title}`);
  }

  const block = page.locator(`[id$="-${operation}"]`).first();
  await block.waitFor({ timeout: 15_000 });
  await block.locator(".opblock-summary-control").click();
  const execute = block.locator("button.execute");
  const tryOut = block.locator("button.try-out__btn");
  await block.locator(".opblock-body").waitFor();
  if (!(await execute.isVisible())) {
    await tryOut.click();
  }
  await execute.click();
  const live = block.locator(".live-responses-table .response-col_status").last();
  await live.waitFor({ timeout: 15_000 });
  const status = (await live.innerText()).trim();
  if (!status.startsWith("200")) {
    faults.push(`GET /v1/articles in the page: ${status}`);
  }
  await page.waitForLoadState("networkidle");
  if (process.env.SCREENSHOT) {
    await page.screenshot({ path: process.env.SCREENSHOT, fullPage: false });
  }
} catch (error) {
  faults.push(`the page does not work: ${error.message}`);
} finally {
  await browser.close();
}

for (const fault of faults) {
  console.error(fault);
}
console.log(faults.length === 0 ? "1 passed, 0 failed" : "0 passed, 1 failed");
process.exit(faults.length === 0 ? 0 : 1);
