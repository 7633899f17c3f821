import { parseHex } from '../lib/colors';

// Viridis at eleven places; it is even for the eye and for every kind of colour vision.
const ANCHORS = [
  '#440154', '#482475', '#414487', '#355f8d', '#2a788e', '#21918c', '#22a884', '#44bf70', '#7ad151',
  '#bddf26', '#fde725',
].map(parseHex);

function colorAt(t: number): [number, number, number] {
  const place = Math.min(1, Math.max(0, t)) * (ANCHORS.length - 1);
  const i = Math.min(ANCHORS.length - 2, Math.floor(place));
  const [a, b] = [ANCHORS[i]!, ANCHORS[i + 1]!];
  const mix = (k: 0 | 1 | 2) => Math.round(a[k] + (b[k] - a[k]) * (place - i));
  return [mix(0), mix(1), mix(2)];
}

/** 256 colours from low to high. */
export const RAMP: readonly (readonly [number, number, number])[] = Array.from({ length: 256 }, (_, i) =>
  colorAt(i / 255),
);

/** Index into the ramp for t from 0 to 1. */
export function rampIndex(t: number): number {
  return Math.min(255, Math.max(0, Math.round(t * 255)));
}

/** The ramp's colour for t from 0 to 1, as CSS. */
export function rampCss(t: number): string {
  const [r, g, b] = RAMP[rampIndex(t)]!;
  return `rgb(${r} ${g} ${b})`;
}

/** A CSS gradient of the whole ramp, for legends. */
export const RAMP_GRADIENT = `linear-gradient(90deg, ${Array.from({ length: 11 }, (_, i) => rampCss(i / 10)).join(', ')})`;
