// A page in the system's Chromium that notices everything that goes wrong in it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { eventually } from './programs.mjs';

const ARGUMENTS = [
  '--no-sandbox', // a container's root may not use the sandbox
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function openBrowser(t) {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  t.after(() => browser.close());
  return browser;
}

/** A page; `troubles` lists console errors, exceptions and requests that failed. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1300, height: 900 }, ...options });
  const page = await context.newPage();
  const troubles = [];
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => troubles.push(`exception: ${error.stack ?? error.message}`));
  page.on('requestfailed', (request) => {
    // The page cancels questions whose answers nobody needs any more.
    if (request.failure()?.errorText === 'net::ERR_ABORTED') return;
    troubles.push(`request: ${request.url()} ${request.failure()?.errorText}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) troubles.push(`answer: ${response.status()} ${response.url()}`);
  });
  return { page, troubles };
}

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Fails when somebody who depends on assistive technology would be stopped on this page. */
export async function assertAccessible(page, where) {
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const result = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return result.violations
      .filter((violation) => ['serious', 'critical'].includes(violation.impact))
      .map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
  });
  assert.deepEqual(violations, [], `accessibility of ${where}`);
}

/** Waits until something other than one colour is drawn on a canvas. */
export async function waitUntilDrawn(page, selector) {
  // Asked from here again and again: a page that forbids `eval` cannot be made to wait by itself.
  await eventually(`a picture on ${selector}`, () =>
    page.evaluate((query) => {
      const canvas = document.querySelector(query);
      if (!canvas || canvas.width < 10) return false;
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const colors = new Set();
      for (let i = 0; i < data.length; i += 4) {
        colors.add((data[i] << 24) | (data[i + 1] << 16) | (data[i + 2] << 8) | data[i + 3]);
        if (colors.size > 5) return true;
      }
      return false;
    }, selector),
  );
}

/** Waits until an element's data attribute is at least a number. */
export async function waitForNumber(page, selector, attribute, least) {
  await eventually(`${attribute} of ${selector} to be at least ${least}`, async () => {
    return (await numberOf(page, selector, attribute)) >= least;
  });
}

export async function openTab(page, name) {
  await page.getByRole('tab', { name }).click();
}

/** The number that an element carries in a data attribute; 0 while there is none. */
export async function numberOf(page, selector, attribute) {
  return page.evaluate(
    ([query, name]) => Number(document.querySelector(query)?.getAttribute(name) ?? 0),
    [selector, attribute],
  );
}
