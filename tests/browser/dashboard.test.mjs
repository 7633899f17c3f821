// The whole way: a training program writes, the server reads, a reader sees.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  assertAccessible,
  numberOf,
  openBrowser,
  openPage,
  openTab,
  waitForNumber,
  waitUntilDrawn,
} from './support/browser.mjs';
import { eventually, startServer, startTrainer, temporaryDirectory } from './support/programs.mjs';

const LOSS = '[data-tag="Loss/train"]';

/** What must be seen in each tab. */
const TABS = {
  async Scalars(page) {
    await page.waitForSelector(`${LOSS} canvas`);
    await waitUntilDrawn(page, `${LOSS} canvas`);
  },
  async Histograms(page) {
    await waitForNumber(page, '[data-picture=heat]', 'data-points', 1);
    await waitUntilDrawn(page, '[data-picture=heat] canvas');
  },
  async Distributions(page) {
    await waitForNumber(page, '[data-picture=bands]', 'data-points', 1);
    await waitUntilDrawn(page, '[data-picture=bands] canvas');
  },
  async Images(page) {
    await eventually('a sample image', () =>
      page.evaluate(() => (document.querySelector('article img')?.naturalWidth ?? 0) > 0),
    );
    const samples = page.locator('[data-tag="Samples/train"] .picture').first();
    await eventually('what the model says of the sample under the pointer', async () => {
      await samples.hover({ position: { x: 20, y: 20 } });
      return /\d %/.test(await samples.innerText());
    });
  },
  async Graphs(page) {
    await waitForNumber(page, 'canvas[data-boxes]', 'data-boxes', 3);
    await waitUntilDrawn(page, 'canvas[data-boxes]');
    await page.getByRole('tree', { name: 'Model' }).getByRole('treeitem').first().click();
    await page.waitForSelector('[data-node]');
  },
  async Gradients(page) {
    await waitForNumber(page, 'canvas[data-parameters]', 'data-parameters', 1);
    await waitUntilDrawn(page, 'canvas[data-parameters]');
    await page.getByRole('heading', { name: 'Diagnosis' }).waitFor();
    await page.getByText('Looking at the training…').waitFor({ state: 'detached' });
  },
};

test('a reader watches a training live in every tab', { timeout: 280_000 }, async (t) => {
  if (!process.env.SUAR_TRAINER) {
    console.log('SKIPPED: SUAR_TRAINER names no program that trains');
    t.skip('SUAR_TRAINER names no program that trains');
    return;
  }
  const directory = await temporaryDirectory(t);
  const trainer = startTrainer(t, directory);
  const server = await startServer(t, directory);
  const browser = await openBrowser(t);
  const { page, troubles } = await openPage(browser, { colorScheme: 'light' });
  page.setDefaultTimeout(60_000);
  await page.goto(server.address);

  await t.test('the loss curve appears and grows while the program trains', async () => {
    const first = await eventually('the first points of the loss', () => {
      const ended = trainer.running() ? '' : trainer.output();
      assert.equal(ended, '', 'the training ended before it was seen');
      return numberOf(page, LOSS, 'data-points');
    }, 120);
    await waitUntilDrawn(page, `${LOSS} canvas`);
    await eventually('a new point of the loss', async () => (await numberOf(page, LOSS, 'data-points')) > first);
    assert.match(await page.locator(`${LOSS} [role=img]`).getAttribute('aria-label'), /^Loss\/train: 1 run, \d/);
    assert.equal(await page.locator('[data-status]').getAttribute('data-status'), 'live');
  });

  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme });
    for (const [name, look] of Object.entries(TABS)) {
      await t.test(`${name} shows real content that everybody can use (${theme})`, async () => {
        await openTab(page, name);
        await look(page);
        await assertAccessible(page, `${name} (${theme})`);
      });
    }
  }

  await t.test('a link restores the view', async () => {
    await openTab(page, 'Scalars');
    await page.getByRole('button', { name: 'Relative' }).click();
    await page.getByRole('searchbox', { name: 'Filter tags by regular expression' }).fill('^Loss');
    await page.waitForURL(/x=relative/);
    await page.waitForURL(/tags=/);
    const { page: other, troubles: otherTroubles } = await openPage(browser);
    await other.goto(page.url());
    await other.waitForSelector(LOSS);
    assert.equal(await other.getByRole('button', { name: 'Relative' }).getAttribute('aria-pressed'), 'true');
    assert.equal(await other.locator('[data-tag^="Accuracy"]').count(), 0);
    assert.deepEqual(otherTroubles, []);
    await other.context().close();
  });

  await t.test('nothing went wrong in the page', () => assert.deepEqual(troubles, []));
});
