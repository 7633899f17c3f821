import { fetchRuns } from '../api/client';
import { SlotKeeper, type RunStyle, type Theme, runStyle } from '../lib/colors';
import { loadShortcuts, saveShortcuts } from '../lib/keyboard';
import { type ThemeChoice, loadThemeChoice, saveThemeChoice } from '../lib/theme';
import { type ViewState, fromHash, toHash } from '../lib/url_state';
import { applyRuns, emptyCatalog } from './catalog';
import { LiveFeed, type LiveStatus } from './live';
import { selectedNames } from './selection';

const systemDark = window.matchMedia('(prefers-color-scheme: dark)');

/** What all parts of the page share. */
class App {
  catalog = $state.raw(emptyCatalog());
  status = $state.raw<LiveStatus>({ kind: 'connecting' });
  view = $state<ViewState>(fromHash(location.hash));
  themeChoice = $state<ThemeChoice>(loadThemeChoice());
  shortcuts = $state(loadShortcuts());
  /** The part of the page that a screen reader is to speak. */
  announcement = $state('');

  private prefersDark = $state(systemDark.matches);
  private readonly slots = new SlotKeeper();
  private slotsSettled = false;
  private slotsVersion = $state(0);
  private readonly feed = new LiveFeed({
    fetchRuns,
    onAnswer: (answer) => {
      this.catalog = applyRuns(this.catalog, answer);
      this.assignColors();
    },
    onStatus: (status) => (this.status = status),
  });

  readonly theme: Theme = $derived(
    this.themeChoice === 'auto' ? (this.prefersDark ? 'dark' : 'light') : this.themeChoice,
  );
  readonly runNames = $derived(this.catalog.runs.map((run) => run.name));
  readonly selected = $derived(new Set(selectedNames(this.view.selection, this.runNames)));
  readonly selectedRuns = $derived(this.catalog.runs.filter((run) => this.selected.has(run.name)));

  /** Starts the live loop and follows the browser. Call once. */
  start(): void {
    systemDark.addEventListener('change', (event) => (this.prefersDark = event.matches));
    window.addEventListener('popstate', () => (this.view = fromHash(location.hash)));
    window.addEventListener('hashchange', () => (this.view = fromHash(location.hash)));
    window.addEventListener('online', () => this.feed.retryNow());
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) this.feed.hold('hidden');
      else this.feed.release('hidden');
    });
    this.feed.start();
    if (document.hidden) this.feed.hold('hidden');
  }

  togglePause(): void {
    if (this.status.kind === 'paused') {
      this.status = { kind: 'connecting' };
      this.feed.release('user');
    } else {
      this.feed.hold('user');
    }
  }

  retryNow(): void {
    this.feed.retryNow();
  }

  toggleShortcuts(): void {
    this.shortcuts = !this.shortcuts;
    saveShortcuts(this.shortcuts);
  }

  cycleTheme(): void {
    const order: ThemeChoice[] = ['auto', 'light', 'dark'];
    this.themeChoice = order[(order.indexOf(this.themeChoice) + 1) % order.length] ?? 'auto';
    saveThemeChoice(this.themeChoice);
    this.announcement = `Theme: ${this.themeChoice}`;
  }

  /** Writes the view into the address. Another tab is a step back for the browser. */
  writeAddress(): void {
    const hash = toHash($state.snapshot(this.view) as ViewState);
    if (hash === location.hash) return;
    const sameTab = fromHash(location.hash).tab === this.view.tab;
    if (sameTab || location.hash === '') history.replaceState(null, '', hash);
    else history.pushState(null, '', hash);
  }

  styleOf(run: string): RunStyle {
    void this.slotsVersion; // the keeper itself tells nobody that it has changed
    return runStyle(this.slots.slot(run), this.theme);
  }

  /**
   * While the server still finds the runs that were there before it, they come in any order: colours
   * are given anew, so that the same runs have the same ones after every start.
   */
  private assignColors(): void {
    if (!this.slotsSettled) this.slots.clear();
    this.slotsSettled = !this.catalog.loading;
    this.slots.assign(this.catalog.runs);
    this.slotsVersion++;
  }
}

export const app = new App();
