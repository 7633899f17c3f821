// What a reader meets before and after the training: no data, no server, the keyboard.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertAccessible, openBrowser, openPage } from './support/browser.mjs';
import { startServer, temporaryDirectory } from './support/programs.mjs';

test('an empty log directory explains how to fill it', { timeout: 60_000 }, async (t) => {
  const directory = await temporaryDirectory(t);
  const server = await startServer(t, directory);
  const browser = await openBrowser(t);
  for (const colorScheme of ['light', 'dark']) {
    const { page, troubles } = await openPage(browser, { colorScheme });
    await page.goto(server.address);
    await page.getByRole('heading', { name: 'No runs yet' }).waitFor();
    assert.match(await page.locator('pre').textContent(), /suar::TrainingCallback/);
    await assertAccessible(page, `the empty page (${colorScheme})`);
    assert.deepEqual(troubles, []);
  }
});

test('the page finds the server again after it was gone', { timeout: 60_000 }, async (t) => {
  const directory = await temporaryDirectory(t);
  const server = await startServer(t, directory);
  const { page } = await openPage(await openBrowser(t));
  await page.goto(server.address);
  await page.waitForSelector('[data-status=live]');
  await server.stop();
  await page.waitForSelector('[data-status=reconnecting], [data-status=offline]');
  await startServer(t, directory, server.port);
  await page.waitForSelector('[data-status=live]');
});

test('keys switch tabs, theme and help, but not while somebody types', { timeout: 60_000 }, async (t) => {
  const server = await startServer(t, await temporaryDirectory(t));
  const { page, troubles } = await openPage(await openBrowser(t), { colorScheme: 'light' });
  await page.goto(server.address);
  await page.getByRole('heading', { name: 'No runs yet' }).waitFor();
  const selectedTab = () => page.locator('[role=tab][aria-selected=true]').textContent();

  await page.keyboard.press('6');
  await page.waitForURL(/#\/gradients/);
  assert.equal(await selectedTab(), 'Gradients');
  await page.goBack();
  await page.waitForURL(/#\/scalars/);
  assert.equal(await selectedTab(), 'Scalars');

  await page.getByRole('searchbox', { name: 'Filter runs by regular expression' }).fill('(');
  await page.getByRole('alert').getByText('Not a regular expression').waitFor();
  await page.keyboard.type('3t?');
  assert.equal(await selectedTab(), 'Scalars');
  await page.locator('h1').click();

  await page.keyboard.press('t'); // automatic becomes light
  await page.keyboard.press('t'); // light becomes dark
  await page.waitForSelector('html[data-theme=dark]');
  await page.reload();
  await page.waitForSelector('html[data-theme=dark]');

  await page.getByRole('heading', { name: 'No runs yet' }).waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Help' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Help' }).waitFor({ state: 'hidden' });
  assert.deepEqual(troubles, []);
});
