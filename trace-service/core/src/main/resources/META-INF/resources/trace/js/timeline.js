// The boot at a glance: one lane per PE, bands where its MMU was on, marks for what changed, triangles for findings.
import {get} from './api.js';
import {count, h, notice, s} from './dom.js';
import {loadFindings} from './findingstab.js';

const WIDTH = 1160, LEFT = 64, RIGHT = 16, LANE = 64;
const KINDS = {MMU: 'MMU or caches', ROOT: 'root table', PE: 'PE state', REGISTER: 'register', EXCEPTION: 'exception', MARKER: 'symbol or phase', CONSOLE: 'console line'};

export async function timelineTab({id, trace, last, link, parameters}) {
  const [answer, findings] = await Promise.all([get(`traces/${id}/milestones`), loadFindings(id)]);
  const hidden = new Set((parameters.get('hide') ?? 'CONSOLE').split(',').filter(Boolean));
  return [
    h('h2', {}, 'Milestones over ', count(last + 1), ' steps'),
    h('div', {class: 'panel'}, picture(answer.milestones, findings, trace, last, link), legend()),
    answer.truncated && notice('Only the first 10,000 milestones are shown.'),
    h('div', {class: 'row', role: 'group', 'aria-label': 'Kinds in the list'}, Object.entries(KINDS).map(([kind, text]) =>
        h('label', {class: 'check'}, h('input', {type: 'checkbox', checked: !hidden.has(kind), onchange: event => {
          event.target.checked ? hidden.delete(kind) : hidden.add(kind);
          location.hash = link('timeline', {hide: [...hidden].join(',') || 'none'});
        }}), text))),
    list(answer.milestones.filter(m => !hidden.has(m.kind)), link),
  ];
}

function picture(milestones, findings, trace, last, link) {
  const pes = Math.max(1, trace.peCount);
  const height = pes * LANE + 40;
  const x = step => LEFT + (WIDTH - LEFT - RIGHT) * (last === 0 ? 0.5 : step / last);
  const svg = s('svg', {viewBox: `0 0 ${WIDTH} ${height}`, width: '100%', role: 'img', 'aria-label': 'Timeline of milestones and findings by step'});
  for (let pe = 0; pe < pes; pe++) {
    const y = 12 + pe * LANE;
    svg.append(s('text', {x: 8, y: y + 32, class: 'soft'}, 'PE ' + pe),
        ...bands(milestones.filter(m => m.pe === pe && m.kind === 'MMU'), last).map(([from, to]) =>
            s('rect', {x: x(from), y: y + 6, width: Math.max(1.5, x(to) - x(from)), height: LANE - 20, rx: 3, fill: 'var(--mmu)'})),
        s('line', {x1: LEFT, x2: WIDTH - RIGHT, y1: y + 28, y2: y + 28, class: 'axis'}));
    for (const m of milestones.filter(m => m.pe === pe)) svg.append(mark(m, x(m.step), y + 28, link));
    for (const f of findings.filter(f => (f.pes ?? [0])[0] === pe)) {
      const cx = x(f.step), top = y + 4;
      svg.append(s('a', {href: '#/traces/' + trace.name.split('/')[1] + '/findings', 'aria-label': `${f.rule} at step ${f.step}`},
          s('path', {d: `M${cx - 6} ${top - 4}h12l-6 10z`, class: 'm-finding ' + f.severity}), s('title', {}, `${f.severity} ${f.rule}, step ${f.step}\n${f.message}`)));
    }
  }
  const base = pes * LANE + 18;
  for (let i = 0; i <= 8; i++) {
    const step = Math.round(last * i / 8);
    svg.append(s('text', {x: x(step), y: base + 14, 'text-anchor': i === 0 ? 'start' : i === 8 ? 'end' : 'middle', class: 'soft'}, count(step)));
  }
  return svg;
}

/** Intervals in which the MMU was on: [from, to] steps. */
function bands(milestones, last) {
  const result = [];
  let since = null;
  for (const m of milestones) {
    if (m.text.startsWith('MMU on')) since ??= m.step;
    if (m.text.startsWith('MMU off') && since !== null) { result.push([since, m.step]); since = null; }
  }
  if (since !== null) result.push([since, last]);
  return result;
}

function mark(m, cx, cy, link) {
  const title = s('title', {}, `step ${m.step}: ${m.text}` + (m.symbol ? `\n${m.symbol}` : ''));
  const shape = {
    MMU: () => s('rect', {x: cx - 3, y: cy - 15, width: 6, height: 30, rx: 1.5, class: 'm-mmu'}),
    ROOT: () => s('path', {d: `M${cx} ${cy - 9}l8 9l-8 9l-8-9z`, class: 'm-root'}),
    PE: () => s('circle', {cx, cy, r: 6, class: 'm-pe'}),
    REGISTER: () => s('rect', {x: cx - 3.5, y: cy - 3.5, width: 7, height: 7, class: 'm-register'}),
    EXCEPTION: () => s('path', {d: `M${cx} ${cy - 7}l7 13h-14z`, class: 'm-exception'}),
    CONSOLE: () => s('rect', {x: cx - 0.5, y: cy + 13, width: 1, height: 6, class: 'm-console'}),
  }[m.kind] ?? (() => s('circle', {cx, cy, r: 4, class: 'm-marker'}));
  if (m.kind === 'CONSOLE') return s('g', {}, shape(), title);
  return s('a', {href: link('steps', {step: m.step}), tabindex: m.kind === 'MMU' || m.kind === 'ROOT' ? 0 : -1, 'aria-label': `step ${m.step}: ${m.text}`}, shape(), title);
}

function legend() {
  const item = (style, text) => h('span', {}, h('i', {style}), text);
  return h('div', {class: 'legend'}, item('background:var(--mmu)', 'MMU on'), item('background:var(--accent)', 'MMU or caches switched'),
      item('background:var(--rodata)', 'root changed'), item('background:var(--device)', 'other register'), item('background:var(--soft)', 'PE on or off'),
      item('background:var(--error)', 'finding'));
}

function list(milestones, link) {
  if (milestones.length === 0) return notice('Nothing of the chosen kinds.');
  return h('div', {class: 'panel scroll'}, h('table', {},
      h('thead', {}, h('tr', {}, h('th', {scope: 'col', class: 'num'}, 'Step'), ['PE', 'What', 'Where'].map(text => h('th', {scope: 'col'}, text)), h('th', {scope: 'col', class: 'num'}, 'Instructions'))),
      h('tbody', {}, milestones.slice(0, 2000).map(m => h('tr', {},
          h('td', {class: 'num'}, h('a', {href: link('steps', {step: m.step})}, count(m.step))), h('td', {}, m.pe),
          h('td', {}, m.kind === 'CONSOLE' ? h('code', {}, m.text) : m.text), h('td', {}, h('code', {}, m.symbol || m.pc)),
          h('td', {class: 'num'}, count(m.instructions)))))));
}
