import type { Component } from 'svelte';
import type { Tab } from '../lib/url_state';
import ScalarsView from './ScalarsView.svelte';

// Scalars are what the page opens with; the other views come when they are asked for.
const LOADERS: Record<Tab, () => Promise<Component>> = {
  scalars: () => Promise.resolve(ScalarsView),
  histograms: async () => (await import('./HistogramsView.svelte')).default,
  distributions: async () => (await import('./DistributionsView.svelte')).default,
  images: async () => (await import('./ImagesView.svelte')).default,
  graph: async () => (await import('./GraphView.svelte')).default,
  gradients: async () => (await import('./GradientsView.svelte')).default,
};

export function loadView(tab: Tab): Promise<Component> {
  return LOADERS[tab]();
}
