// The answers of the server, as dashboard/HTTP_API.md describes them.

export interface SeriesInfo {
  tag: string;
  points: number;
  last_step: number | null;
  last_value?: number | null;
  version: number;
  description: string;
}

export interface DamageInfo {
  file: string;
  offset: number;
  length: number;
  reason: string;
}

export type SeriesKind = 'scalars' | 'histograms' | 'images' | 'texts';

export interface RunInfo {
  name: string;
  first_wall_time: number | null;
  last_wall_time: number | null;
  last_step: number | null;
  scalars: SeriesInfo[];
  histograms: SeriesInfo[];
  images: SeriesInfo[];
  texts: SeriesInfo[];
  graph_version: number | null;
  /** At most the first 100 places of a file. */
  damage: DamageInfo[];
  /** Of all places. */
  damage_count: number;
}

export interface RunsAnswer {
  session: string;
  version: number;
  full: boolean;
  log_directory: string;
  loading: boolean;
  runs: RunInfo[];
  removed: string[];
  problems: string[];
}

export type XAxis = 'step' | 'relative' | 'wall';

/** The columns of one run's buckets; all have the same length. */
export interface ScalarColumns {
  x: number[];
  step: number[];
  wall_time: number[];
  min: (number | null)[];
  max: (number | null)[];
  last: (number | null)[];
  smoothed?: (number | null)[];
  count: number[];
  nonfinite: number[];
}

export interface ScalarRun extends ScalarColumns {
  run: string;
  from: number | null;
}

export interface ScalarsAnswer {
  version: number;
  x: XAxis;
  width: number;
  runs: ScalarRun[];
}

export interface HistogramSlice {
  step: number;
  wall_time: number;
  min: number;
  max: number;
  count: number;
  sum: number;
  sum_squares: number;
  limits: number[];
  counts: number[];
}

export interface HistogramsAnswer {
  version: number;
  points: number;
  slices: HistogramSlice[];
}

export interface ImageInfo {
  id: number;
  sample: number;
  step: number;
  wall_time: number;
  width: number;
  height: number;
}

export interface ImagesAnswer {
  version: number;
  images: ImageInfo[];
}

export interface TileCaption {
  predicted: string;
  actual: string;
  /** Of what was predicted; null when it is not a number. */
  probability: number | null;
  verdict: 'right' | 'wrong' | 'not judged';
}

/** How a picture is laid out in tiles, row by row; sizes are in its pixels. */
export interface Tiles {
  width: number;
  height: number;
  border: number;
  columns: number;
  captions: TileCaption[];
}

export interface TilesAnswer {
  tiles: Tiles | null;
}

export interface TextsAnswer {
  version: number;
  texts: { step: number; wall_time: number; text: string }[];
}

export type AttributeValue = boolean | number | string | null | AttributeValue[];

export interface GraphNodeInfo {
  name: string;
  op: string;
  device: string;
  inputs: string[];
  output_shapes: (number[] | null)[];
  attributes: Record<string, AttributeValue>;
  /** Of the user's code that ran it; empty where it is not known. */
  file: string;
  line: number;
}

export interface GraphAnswer {
  version: number;
  nodes: GraphNodeInfo[];
}

export interface GradientsAnswer {
  version: number;
  statistic: string;
  statistics: string[];
  width: number;
  x: number[];
  parameters: string[];
  values: (number | null)[][];
  nonfinite: number[][];
}

export interface FindingInfo {
  rule: string;
  severity: 'warning' | 'error';
  /** Which of several models has it; empty where there is one, and where it is common to all. */
  model: string;
  subject: string;
  first_step: number;
  last_step: number;
  message: string;
  advice: string;
}

export interface DiagnosisAnswer {
  version: number;
  observations: number;
  findings: FindingInfo[];
}
