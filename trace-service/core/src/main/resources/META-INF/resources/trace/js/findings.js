import {get} from './api.js';
import {count, h, notice, severityTag, show, time} from './dom.js';

export async function findingsView(parameters, stillCurrent) {
  const filter = Object.fromEntries(parameters);
  const answer = await get('findings', {pageSize: 100, ...filter});
  if (!stillCurrent()) return;
  show('Findings',
      h('h1', {}, 'Findings'),
      h('p', {class: 'sub'}, 'What has one fingerprint is one finding, in however many traces it was seen.'),
      h('form', {class: 'row', role: 'search', onsubmit: event => {
        event.preventDefault();
        location.hash = '#/findings?' + new URLSearchParams([...new FormData(event.target)].filter(([, value]) => value));
      }},
      ['project', 'rule', 'region', 'symbol'].map(name => h('label', {}, name[0].toUpperCase() + name.slice(1), h('input', {name, size: 16, value: filter[name] ?? ''}))),
      h('label', {}, 'Severity', h('select', {name: 'severity'}, ['', 'error', 'warning', 'lint'].map(value =>
          h('option', {value, selected: (filter.severity ?? '') === value}, value || 'any')))),
      h('button', {}, 'Show')),
      answer.findings.length === 0 ? notice('No finding matches.') : h('div', {class: 'panel scroll'}, h('table', {},
          h('thead', {}, h('tr', {}, ['Rule', 'What', 'Where', 'First seen'].map(text => h('th', {scope: 'col'}, text)), h('th', {scope: 'col', class: 'num'}, 'Traces'))),
          h('tbody', {}, answer.findings.map(row)))),
      answer.nextPageToken && h('p', {}, h('a', {href: '#/findings?' + new URLSearchParams({...filter, pageToken: answer.nextPageToken})}, 'Older findings →')));
}

function row(finding) {
  const project = finding.name.split('/')[1];
  return h('tr', {},
      h('td', {class: 'nowrap'}, h('a', {href: `#/findings/${project}/${finding.fingerprint}`}, h('strong', {}, finding.rule)), h('br'), severityTag(finding.severity)),
      h('td', {}, finding.message),
      h('td', {}, h('code', {}, finding.symbol || finding.region || '–'), h('br'), h('span', {class: 'soft'}, finding.regime || '')),
      h('td', {}, h('a', {href: '#/' + finding.firstTrace}, finding.firstImageName || finding.firstTrace), h('br'), h('span', {class: 'soft'}, time(finding.firstSeenTime))),
      h('td', {class: 'num'}, count(finding.traceCount)));
}

export async function findingView(project, fingerprint, stillCurrent) {
  const answer = await get('occurrences', {parent: `projects/${project}/findings/${fingerprint}`, pageSize: 50});
  if (!stillCurrent()) return;
  const first = answer.occurrences[0];
  if (!first) return show('Finding', notice('No trace of this finding is stored any more.'));
  show(first.finding.rule,
      h('h1', {}, first.finding.rule, ' ', severityTag(first.finding.severity)),
      h('p', {class: 'sub'}, 'Fingerprint ', h('code', {}, fingerprint)),
      h('h2', {}, 'In the latest trace'),
      findingCard(first.finding, first.trace.split('/')[1]),
      h('h2', {}, 'Seen in'),
      h('div', {class: 'panel scroll'}, h('table', {},
          h('thead', {}, h('tr', {}, ['Trace', 'Image', 'Step', 'Count', 'When'].map(text => h('th', {scope: 'col'}, text)))),
          h('tbody', {}, answer.occurrences.map(o => h('tr', {},
              h('td', {}, h('a', {href: `#/${o.trace}/findings`}, o.attempt.replace(/^projects\/[^/]+\//, ''))),
              h('td', {}, o.imageName || '–'),
              h('td', {}, h('a', {href: `#/${o.trace}/steps?step=${o.finding.step}`}, o.finding.step)),
              h('td', {}, count(o.finding.count)),
              h('td', {class: 'nowrap'}, time(o.sealTime))))))));
}

/** A finding with its evidence; `trace` is the id of the trace its steps belong to. */
export function findingCard(finding, trace) {
  const stepLink = step => h('a', {href: `#/traces/${trace}/steps?step=${step}`}, 'step ' + step);
  const list = (title, items, tag) => items?.length > 0 && h('div', {}, h('h4', {}, title), h(tag, {}, items));
  return h('article', {class: 'panel finding', id: 'finding-' + finding.fingerprint.slice(0, 12)},
      h('h3', {}, severityTag(finding.severity), h('span', {}, finding.rule), h('span', {class: 'soft'}, finding.regime ?? ''),
          finding.count > 1 && h('span', {class: 'tag'}, '× ' + count(finding.count))),
      h('div', {}, finding.message),
      h('div', {class: 'soft'}, stepLink(finding.step), ', PE ', (finding.pes ?? []).join(', '), ', ', h('code', {}, finding.symbol || finding.pc),
          finding.source && [' ', h('code', {}, finding.source)]),
      h('div', {class: 'body'},
          h('div', {},
              finding.old && h('div', {}, h('h4', {}, 'Before'), h('code', {}, valueText(finding.old))),
              finding.new && h('div', {}, h('h4', {}, 'After'), h('code', {}, valueText(finding.new))),
              list('Addresses', (finding.vaRanges ?? []).slice(0, 12).map(range => h('li', {},
                  h('a', {href: `#/traces/${trace}/walk?step=${finding.step}&va=${range.start}`}, h('code', {}, range.start + ' – ' + range.end)))), 'ul'),
              list('Numbers', Object.entries(finding.evidence ?? {}).map(([name, value]) => h('li', {}, name + ': ', h('code', {}, value))), 'ul')),
          h('div', {},
              list('Why', (finding.why ?? []).map(e => h('li', {}, stepLink(e.step), `, PE ${e.pe}: `, e.text, e.symbol && [' (', h('code', {}, e.symbol), ')'])), 'ol'),
              list('A compliant sequence', (finding.compliant ?? []).map(line => h('li', {}, h('code', {}, line))), 'ol'))));
}

const valueText = value => typeof value === 'string' ? value : `${value.value}  ${value.text}`;
