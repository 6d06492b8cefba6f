// One trace: facts, tabs, and the step bar that the tabs about a moment share.
import {exportUrl, get} from './api.js';
import {bytes, count, h, notice, show, time} from './dom.js';
import {verdict} from './traces.js';
import {timelineTab} from './timeline.js';
import {stepsTab} from './steps.js';
import {mapTab} from './map.js';
import {walkTab} from './walk.js';
import {compareTab} from './compare.js';
import {findingsTab} from './findingstab.js';

const TABS = {
  timeline: ['Timeline', timelineTab], steps: ['Steps and diffs', stepsTab], map: ['Address map', mapTab],
  walk: ['Walk', walkTab], compare: ['Compare', compareTab], findings: ['Findings', findingsTab],
};
const MOMENT = new Set(['steps', 'map', 'walk']);

export async function traceView(id, tab, parameters, stillCurrent) {
  const trace = await get('traces/' + id);
  if (!stillCurrent()) return;
  const known = TABS[tab] ? tab : 'timeline';
  const head = header(trace, id, known, parameters);
  if (trace.state !== 'SEALED') {
    return show('Trace ' + id, head, notice(trace.state === 'OPEN'
        ? 'This trace is still being delivered. Its steps can be seen once it is sealed.'
        : 'This trace was rejected: ' + trace.problem, trace.state === 'OPEN' ? '' : 'error'));
  }
  const last = Math.max(0, trace.stepCount - 1);
  const context = {id, trace, last, parameters, step: clampStep(parameters.get('step'), known === 'steps' ? 0 : last, last), stillCurrent,
    link: (name, values) => `#/traces/${id}/${name}?` + new URLSearchParams(values)};
  const body = await TABS[known][1](context);
  if (!stillCurrent()) return;
  show(TABS[known][0] + ', trace ' + id, head, MOMENT.has(known) && stepBar(context, known), body);
}

function clampStep(text, fallback, last) {
  const step = Number.parseInt(text ?? '', 10);
  return Number.isNaN(step) ? fallback : Math.min(Math.max(step, 0), last);
}

function header(trace, id, tab, parameters) {
  const [, project, , run, , cell, , attempt] = trace.attempt.split('/');
  const fact = (name, value) => value && h('div', {}, h('dt', {}, name), h('dd', {}, value));
  const kept = parameters.get('step') ? '?step=' + parameters.get('step') : '';
  return [
    h('h1', {}, trace.origin?.imageName || `Trace ${id}`, ' ', h('span', {}, verdict(trace))),
    h('p', {class: 'sub'}, `${project} / ${run} / ${cell}, attempt ${attempt}`),
    h('dl', {class: 'panel facts'},
        fact('Machine', [trace.architecture, trace.peCount && `, ${trace.peCount} PE`, trace.origin?.platform && ', ' + trace.origin.platform]),
        fact('Backend', trace.backend), fact('Steps', count(trace.stepCount)), fact('Events', count(trace.eventCount)),
        fact('Descriptor writes', count(trace.descriptorWriteCount)), fact('Sealed', time(trace.sealTime)),
        fact('File', [bytes(trace.sizeBytes), ' · ', h('a', {href: exportUrl(id), download: `trace-${id}.bmt`}, 'download')]),
        fact('Digest', h('code', {title: trace.digest}, (trace.digest ?? '').slice(0, 16)))),
    h('nav', {class: 'tabs', 'aria-label': 'Views of the trace'}, Object.entries(TABS).map(([name, [title]]) =>
        h('a', {href: `#/traces/${id}/${name}${MOMENT.has(name) ? kept : ''}`, 'aria-current': name === tab ? 'page' : null}, title))),
  ];
}

/** Step number, slider, previous and next; arrow keys work wherever no field has the focus. */
function stepBar(context, tab) {
  const go = step => {
    const values = Object.fromEntries(context.parameters);
    values.step = String(Math.min(Math.max(step, 0), context.last));
    location.hash = context.link(tab, values);
  };
  const number = h('input', {class: 'step', type: 'number', min: 0, max: context.last, value: context.step, 'aria-label': 'Step', onchange: event => go(event.target.valueAsNumber || 0)});
  const slider = h('input', {type: 'range', min: 0, max: context.last, value: context.step, 'aria-label': 'Step', onchange: event => go(event.target.valueAsNumber)});
  slider.addEventListener('input', () => { number.value = slider.value; });
  const bar = h('div', {class: 'stepbar'},
      h('button', {onclick: () => go(context.step - 1), disabled: context.step === 0, title: 'Previous step'}, '◀'),
      h('span', {class: 'soft'}, 'step'), number, h('span', {class: 'soft'}, 'of ' + count(context.last)),
      h('button', {onclick: () => go(context.step + 1), disabled: context.step === context.last, title: 'Next step'}, '▶'),
      slider, h('span', {class: 'soft'}, h('kbd', {}, '←'), ' ', h('kbd', {}, '→')));
  keyboard(() => bar.isConnected, go, context.step);
  return bar;
}

let forget = null;
function keyboard(alive, go, step) {
  if (forget) removeEventListener('keydown', forget);
  forget = event => {
    if (!alive() || event.altKey || event.ctrlKey || event.metaKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    if (event.key === 'ArrowLeft') go(step - 1);
    else if (event.key === 'ArrowRight') go(step + 1);
    else return;
    event.preventDefault();
  };
  addEventListener('keydown', forget);
}
