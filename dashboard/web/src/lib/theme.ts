import type { Theme } from './colors';

export type ThemeChoice = 'auto' | 'light' | 'dark';

const KEY = 'suar-theme';

export function loadThemeChoice(): ThemeChoice {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : 'auto';
  } catch {
    return 'auto'; // storage is forbidden: the system decides
  }
}

export function saveThemeChoice(choice: ThemeChoice): void {
  try {
    if (choice === 'auto') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, choice);
  } catch {
    // storage is forbidden: the choice lasts as long as the page
  }
}

/** What drawings on a canvas need of the page's colours (app.css has the same values). */
export interface CanvasTheme {
  surface: string;
  text: string;
  muted: string;
  grid: string;
  accent: string;
  danger: string;
}

const THEMES: Record<Theme, CanvasTheme> = {
  light: {
    surface: '#ffffff',
    text: '#1d2129',
    muted: '#5a6270',
    grid: '#e3e6eb',
    accent: '#b34700',
    danger: '#c0182b',
  },
  dark: {
    surface: '#1b1e24',
    text: '#e8eaee',
    muted: '#a2aab8',
    grid: '#30353e',
    accent: '#ff9a4d',
    danger: '#ff6b75',
  },
};

export function canvasTheme(theme: Theme): CanvasTheme {
  return THEMES[theme];
}

export const CANVAS_FONT = '11px system-ui, sans-serif';
