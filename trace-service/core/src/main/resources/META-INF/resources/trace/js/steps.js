// The steps around the current one, and its page-table diff as a tree: regime and root, table, entries.
import {get} from './api.js';
import {big, count, endOf, h, hex, notice, span} from './dom.js';

const KIND = {REGISTER: 'register', TLBI: 'TLBI', BARRIER: 'barrier', CONTEXT_SYNCHRONIZATION: 'context sync', END: 'end'};

export async function stepsTab({id, step, last, link, parameters}) {
  const changesOnly = parameters.get('changes') === '1';
  const first = changesOnly ? step : Math.max(0, step - 8);
  const [window, diff] = await Promise.all([
    get(`traces/${id}/steps`, {firstStep: first, pageSize: 25, changesOnly}), get(`traces/${id}/steps/${step}/diff`)]);
  return [
    h('h2', {}, `What changed in step ${count(step)}`),
    diffTree(diff, id, step),
    h('h2', {}, 'Steps'),
    h('label', {class: 'check'}, h('input', {type: 'checkbox', checked: changesOnly, onchange: event => {
      location.hash = link('steps', {step, ...(event.target.checked ? {changes: '1'} : {})});
    }}), 'only steps that change a table'),
    h('div', {class: 'panel scroll'}, h('table', {},
        h('thead', {}, h('tr', {}, h('th', {scope: 'col', class: 'num'}, 'Step'), ['PE', 'Ends with', 'Where', 'Level'].map(text => h('th', {scope: 'col'}, text)),
            h('th', {scope: 'col', class: 'num'}, 'Changes'), h('th', {scope: 'col', class: 'num'}, 'Instructions'))),
        h('tbody', {}, window.steps.map(row => h('tr', {'aria-current': row.step === step ? 'true' : null, style: row.step === step ? 'background:var(--hover);font-weight:600' : null},
            h('td', {class: 'num'}, h('a', {href: link('steps', {step: row.step, ...(changesOnly ? {changes: '1'} : {})})}, count(row.step))),
            h('td', {}, row.pe), h('td', {}, h('span', {class: 'tag'}, KIND[row.kind] ?? row.kind), ' ', h('code', {}, row.boundary)),
            h('td', {}, h('code', {}, row.symbol || row.pc)), h('td', {}, row.exceptionLevel),
            h('td', {class: 'num'}, row.changeCount || ''), h('td', {class: 'num'}, count(row.instructions))))))),
    window.nextStep >= 0 && h('p', {}, h('a', {href: link('steps', {step: Math.min(window.nextStep + 8, last), ...(changesOnly ? {changes: '1'} : {})})}, 'Later steps →')),
  ];
}

/** A diff as a tree of roots, tables and entries. */
export function diffTree(diff, id, step) {
  if (diff.changes.length === 0) return notice('No descriptor changed.');
  const roots = new Map();
  for (const change of diff.changes) {
    const places = change.placements?.length ? change.placements : [null];
    for (const place of places) {
      const key = place ? `${place.regime} root ${place.root}` : 'not linked under any root';
      if (!roots.has(key)) roots.set(key, {live: place?.live ?? false, tables: new Map()});
      const tables = roots.get(key).tables;
      if (!tables.has(change.tablePa)) tables.set(change.tablePa, {level: change.level, entries: []});
      tables.get(change.tablePa).entries.push({change, place});
    }
  }
  return h('div', {class: 'panel'}, h('ul', {class: 'tree'}, [...roots].map(([name, root]) => h('li', {}, h('details', {open: true},
      h('summary', {}, h('strong', {}, name), ' ', root.live && h('span', {class: 'tag ok'}, 'live')),
      h('ul', {}, [...root.tables].map(([pa, table]) => h('li', {}, h('details', {open: table.entries.length <= 64},
          h('summary', {}, table.level >= 0 ? `L${table.level} table ` : 'table ', h('code', {}, pa), ' ', h('span', {class: 'soft'}, `${count(table.entries.length)} changed`)),
          entries(table.entries, id, step)))))))),
  ), diff.truncated && notice('Only the first 20,000 changes are shown.'));
}

function entries(list, id, step) {
  const shown = list.slice(0, 512);
  return h('div', {}, shown.map(({change, place}) => h('div', {class: 'entry'},
      h('div', {class: 'where'}, `[${change.index}] `, place
          ? h('a', {href: `#/traces/${id}/walk?step=${step}&va=${place.range.start}`}, place.range.start, ' ', h('span', {class: 'soft'}, '+ ' + span(endOf(place.range) - big(place.range.start))))
          : h('span', {class: 'soft'}, change.pa)),
      h('div', {class: 'val'}, h('div', {class: 'old'}, '− ', change.oldText, ' ', h('span', {class: 'soft'}, hex(big(change.old)))), h('div', {class: 'new'}, '+ ', change.newText, ' ', h('span', {class: 'soft'}, hex(big(change.new))))),
      h('div', {class: 'who'}, `PE ${change.pe} at `, h('code', {}, change.symbol || change.pc)))),
  list.length > shown.length && h('p', {class: 'soft'}, `… and ${count(list.length - shown.length)} more`));
}
