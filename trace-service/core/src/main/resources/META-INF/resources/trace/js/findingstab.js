import {get} from './api.js';
import {h, notice} from './dom.js';
import {findingCard} from './findings.js';

const ORDER = {error: 0, warning: 1, lint: 2};

/** Findings of one trace, worst first, in the order in which they happened. */
export async function loadFindings(id) {
  const answer = await get(`traces/${id}/findings`);
  return answer.findings.sort((a, b) => ORDER[a.severity] - ORDER[b.severity] || a.step - b.step);
}

export async function findingsTab({id}) {
  const findings = await loadFindings(id);
  if (findings.length === 0) return notice('The checker found nothing in this trace.');
  return h('div', {}, findings.map(finding => findingCard(finding, id)));
}
