import type { FindingInfo } from '../api/types';
import { formatCount } from './format';

/** Tells the findings of a run apart: each rule has at most one of each model. */
export function keyOf(finding: FindingInfo): string {
  return `${finding.rule}\n${finding.model}`;
}

/** What found it, in which of several models, and when: "dead-relu · model generator · steps 0 to 900". */
export function describeFinding(finding: FindingInfo): string {
  const steps = `steps ${formatCount(finding.first_step)} to ${formatCount(finding.last_step)}`;
  return [finding.rule, finding.model && `model ${finding.model}`, steps].filter(Boolean).join(' · ');
}
