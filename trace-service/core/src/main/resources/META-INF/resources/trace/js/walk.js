// The walk of one address at the end of a step, level by level, and every step that changed it.
import {get} from './api.js';
import {count, h, notice} from './dom.js';
import {peChooser} from './map.js';

export async function walkTab({id, step, trace, parameters, link}) {
  const va = parameters.get('va') ?? '';
  const pe = parameters.get('pe') ?? '0';
  const form = h('form', {class: 'row', onsubmit: event => {
    event.preventDefault();
    const data = new FormData(event.target);
    location.hash = link('walk', {step, va: data.get('va').trim(), pe});
  }}, h('label', {}, 'Address', h('input', {class: 'va', name: 'va', value: va, placeholder: '0x40200000', pattern: '\\s*(0[xX])?[0-9a-fA-F]+\\s*', required: true, title: 'A hexadecimal address'})),
  peChooser(trace, pe, value => { location.hash = link('walk', {step, va, pe: value}); }), h('button', {}, 'Walk'));
  if (!va) return [form, notice('Enter an address, or follow one from a diff, the map or a finding.')];
  const [walk, changes] = await Promise.all([get(`traces/${id}:walk`, {va, step, pe}), get(`traces/${id}:changes`, {va, pageSize: 200})]);
  return [
    form,
    h('h2', {}, 'Walk of ', h('code', {}, walk.va), ` at the end of step ${count(step)}`),
    h('p', {class: 'sub'}, `${walk.regime}, root `, h('code', {}, walk.root), walk.enabled ? '' : `, which PE ${walk.pe} does not use at this moment (MMU off)`),
    h('div', {class: 'walk'}, walk.levels.flatMap((level, i) => [
      i > 0 && h('div', {class: 'arrow'}),
      h('div', {class: 'level'}, h('span', {class: 'badge'}, 'Level ' + level.level), h('code', {}, level.descriptorPa, h('br'), h('span', {class: 'soft'}, level.value)), h('span', {}, level.text))]),
    h('div', {class: 'arrow'}),
    h('div', {class: 'level end' + (walk.fault ? ' fault' : '')}, h('span', {class: 'badge'}, walk.fault ? 'Fault' : 'Output'), h('code', {}, walk.fault ? '–' : walk.output), h('span', {}, walk.result))),
    h('h2', {}, 'Steps that changed it'),
    changes.changes.length === 0 ? notice('No step changed what this address translates to.') : h('div', {class: 'panel scroll'}, h('table', {},
        h('thead', {}, h('tr', {}, h('th', {scope: 'col', class: 'num'}, 'Step'), ['PE', 'Where', 'Change'].map(text => h('th', {scope: 'col'}, text)))),
        h('tbody', {}, changes.changes.map(change => h('tr', {},
            h('td', {class: 'num'}, h('a', {href: link('steps', {step: change.step.step})}, count(change.step.step)), h('br'), h('a', {href: link('walk', {step: change.step.step, va, pe})}, 'walk')),
            h('td', {}, change.step.pe),
            h('td', {}, [...new Set(change.changes.map(c => c.symbol || c.pc))].map(text => h('div', {}, h('code', {}, text)))),
            h('td', {}, change.changes.map(c => h('div', {class: 'entry'}, h('span', {class: 'where'}, `L${c.level} ${c.pa}`),
                h('span', {class: 'val'}, h('div', {class: 'old'}, '− ' + c.oldText), h('div', {class: 'new'}, '+ ' + c.newText)))))))))),
    changes.nextStep >= 0 && notice('There are more; only the first 200 are shown.'),
  ];
}
