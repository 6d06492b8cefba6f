import {get} from './api.js';
import {bytes, count, h, notice, severityTag, show, time} from './dom.js';

export async function tracesView(parameters, stillCurrent) {
  const filter = Object.fromEntries(parameters);
  const answer = await get('traces', {pageSize: 50, ...filter});
  if (!stillCurrent()) return;
  show('Traces',
      h('h1', {}, 'Traces'),
      h('p', {class: 'sub'}, 'One per attempt: every translation-table change of a boot, with what the checker found.'),
      form(filter),
      answer.traces.length === 0
          ? notice('No trace matches. Run a job, or submit one with breakmake submit.')
          : h('div', {class: 'panel scroll'}, table(answer.traces)),
      answer.nextPageToken && h('p', {}, h('a', {href: '#/?' + new URLSearchParams({...filter, pageToken: answer.nextPageToken})}, 'Older traces →')));
}

function form(filter) {
  const field = (name, label, size) => h('label', {}, label, h('input', {name, size, value: filter[name] ?? ''}));
  return h('form', {class: 'row', role: 'search', onsubmit: event => {
    event.preventDefault();
    const query = new URLSearchParams([...new FormData(event.target)].filter(([, value]) => value));
    location.hash = '#/?' + query;
  }},
  field('parent', 'Project or run', 28), field('imageName', 'Image', 18), field('rule', 'Finding of rule', 14),
  h('button', {}, 'Show'));
}

function table(traces) {
  return h('table', {},
      h('thead', {}, h('tr', {}, ...['Attempt', 'Image', 'Machine', 'Findings'].map(text => h('th', {scope: 'col'}, text)),
          ...['Steps', 'Events', 'Size'].map(text => h('th', {scope: 'col', class: 'num'}, text)), h('th', {scope: 'col'}, 'When'))),
      h('tbody', {}, traces.map(row)));
}

function row(trace) {
  const id = trace.name.split('/')[1];
  const [, project, , run, , cell, , attempt] = trace.attempt.split('/');
  return h('tr', {},
      h('td', {}, h('a', {href: `#/traces/${id}`}, h('strong', {}, `${run} / ${cell}`)), h('br'), h('span', {class: 'soft'}, `${project}, attempt ${attempt}`)),
      h('td', {}, trace.origin?.imageName || '–'),
      h('td', {}, trace.architecture || '–', h('br'), h('span', {class: 'soft'}, `${trace.peCount ?? 0} PE, ${trace.backend || 'no header yet'}`)),
      h('td', {class: 'nowrap'}, verdict(trace)),
      h('td', {class: 'num'}, count(trace.stepCount)), h('td', {class: 'num'}, count(trace.eventCount)), h('td', {class: 'num'}, bytes(trace.sizeBytes)),
      h('td', {class: 'nowrap'}, time(trace.sealTime ?? trace.createTime)));
}

/** What the checker said, in one or two tags. */
export function verdict(trace) {
  if (trace.state !== 'SEALED') return severityTag(trace.state === 'REJECTED' ? 'error' : 'lint', trace.state.toLowerCase());
  const {errors = 0, warnings = 0, lints = 0} = trace.findings ?? {};
  if (errors + warnings + lints === 0) return severityTag('ok', 'clean');
  const plural = (n, word) => n + ' ' + word + (n === 1 ? '' : 's');
  return [errors > 0 && severityTag('error', plural(errors, 'error')), ' ', warnings > 0 && severityTag('warning', plural(warnings, 'warning')), ' ',
    lints > 0 && severityTag('lint', plural(lints, 'lint'))];
}
