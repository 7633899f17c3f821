import type { ImageInfo } from '../api/types';

/** All pictures of one step. */
export interface ImageStep {
  step: number;
  wallTime: number;
  samples: ImageInfo[];
}

/** Groups pictures by step. A step that was logged twice keeps its later pictures. */
export function imageSteps(images: readonly ImageInfo[]): ImageStep[] {
  const steps = new Map<number, ImageStep>();
  for (const image of images) {
    const known = steps.get(image.step);
    if (known && known.samples.every((other) => other.sample !== image.sample)) {
      known.samples.push(image);
    } else {
      steps.set(image.step, { step: image.step, wallTime: image.wall_time, samples: [image] });
    }
  }
  return [...steps.values()].sort((a, b) => a.step - b.step);
}

/** How often a picture is enlarged: small ones by a whole number, to keep their pixels sharp. */
export function enlargement(width: number, available: number): number {
  if (width <= 0 || available <= 0) return 1;
  return available >= width ? Math.min(16, Math.floor(available / width)) : available / width;
}
