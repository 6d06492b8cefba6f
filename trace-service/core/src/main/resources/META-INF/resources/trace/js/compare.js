// Two moments side by side: two steps of this trace, or this trace against another one.
import {get} from './api.js';
import {big, count, endOf, h, notice, span} from './dom.js';
import {diffTree} from './steps.js';

export async function compareTab({id, last, parameters, link}) {
  const values = {a: parameters.get('a') ?? '', b: parameters.get('b') ?? String(last), other: parameters.get('other') ?? ''};
  const field = (name, label, extra) => h('label', {}, label, h('input', {class: 'step', name, value: values[name], inputmode: 'numeric', pattern: '\\d*', ...extra}));
  const form = h('form', {class: 'row', onsubmit: event => {
    event.preventDefault();
    location.hash = link('compare', Object.fromEntries([...new FormData(event.target)].filter(([, value]) => value)));
  }}, field('a', 'From step', {placeholder: 'last of the other'}), field('b', 'To step'), field('other', 'Base: other trace (number)', {placeholder: 'this one'}), h('button', {}, 'Compare'));
  if (!values.a && !values.other) return [form, notice(`Choose two steps from 0 to ${count(last)} of this trace, or the number of another trace to compare the maps with.`)];
  if (!values.other) {
    const diff = await get(`traces/${id}/steps/${values.b}/diff`, {baseStep: values.a});
    return [form, h('h2', {}, `Net changes after step ${count(values.a)} up to step ${count(values.b)}: ${count(diff.changes.length)} descriptors`), diffTree(diff, id, values.b)];
  }
  const result = await get('traces:compareMaps', {base: values.other, baseStep: values.a, target: id, targetStep: values.b});
  return [form, h('h2', {}, `Where trace ${id} translates differently from trace ${values.other}`),
    result.changes.length === 0 ? notice('Both translate every address alike.') : h('div', {class: 'panel scroll'}, h('table', {},
        h('thead', {}, h('tr', {}, ['Addresses', 'Size', `Trace ${values.other}`, `Trace ${id}`].map(text => h('th', {scope: 'col'}, text)))),
        h('tbody', {}, result.changes.slice(0, 1000).map(change => h('tr', {},
            h('td', {class: 'nowrap'}, h('code', {}, change.range.start + ' – ' + change.range.end)),
            h('td', {class: 'nowrap'}, span(endOf(change.range) - big(change.range.start))), h('td', {}, side(change.before)), h('td', {}, side(change.after))))))),
    result.truncated && notice('Only the first 20,000 differences are shown.')];
}

const side = range => range ? [h('code', {}, range.output), h('br'), h('span', {class: 'soft'}, range.attributes)] : h('span', {class: 'soft'}, 'not mapped');
