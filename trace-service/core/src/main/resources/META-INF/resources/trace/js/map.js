// The address space as a picture: input addresses left, output addresses right, gaps shrunk, and the same as a table.
import {get} from './api.js';
import {big, count, endOf, h, hex, notice, s, span} from './dom.js';

const WIDTH = 1160, COLUMN = 230, MAX_BLOCKS = 220;

export async function mapTab({id, step, trace, parameters, link}) {
  const pe = parameters.get('pe') ?? '0';
  const map = await get(`traces/${id}:map`, {step, pe, regime: parameters.get('regime')});
  const blocks = merge(map.ranges);
  return [
    h('h2', {}, `${map.regime} map at the end of step ${count(step)}`),
    h('p', {class: 'sub'}, 'Root ', h('code', {}, map.root), map.enabled ? ', enabled on PE ' + pe : `, not enabled on PE ${pe}: what would be translated if it were`, `, ${count(map.ranges.length)} ranges`),
    peChooser(trace, pe, value => { location.hash = link('map', {step, pe: value}); }),
    map.ranges.length === 0 ? notice('Nothing is mapped.') : [
      h('div', {class: 'panel'}, picture(blocks.slice(0, MAX_BLOCKS), id, step), legend(),
          blocks.length > MAX_BLOCKS && h('p', {class: 'soft'}, `The picture shows the first ${MAX_BLOCKS} of ${count(blocks.length)} pieces; the table shows more.`)),
      table(map.ranges, id, step)],
    map.truncated && notice('Only the first 20,000 ranges are shown.'),
  ];
}

export function peChooser(trace, pe, choose) {
  if (trace.peCount <= 1) return null;
  return h('label', {}, 'Registers of', h('select', {onchange: event => choose(event.target.value)},
      Array.from({length: trace.peCount}, (_, i) => h('option', {value: i, selected: String(i) === pe}, 'PE ' + i))));
}

/** What a range is used for, from its attributes: the colour of its block. */
function kindOf(range) {
  if (/Device/.test(range.attributes)) return 'device';
  if (range.writable && range.executable) return 'rwx';
  return range.executable ? 'code' : range.writable ? 'data' : 'rodata';
}

/** Neighbours that look the same become one block: a picture of thousands of pages says nothing. */
function merge(ranges) {
  const blocks = [];
  for (const range of ranges) {
    const block = {start: big(range.range.start), end: endOf(range.range), out: big(range.output), kind: kindOf(range), identity: range.identity, text: range.attributes, pieces: 1};
    const before = blocks.at(-1);
    if (before && before.end === block.start && before.kind === block.kind && before.identity === block.identity) {
      before.end = block.end;
      before.pieces++;
    } else blocks.push(block);
  }
  return blocks;
}

function picture(blocks, id, step) {
  const left = 170, right = WIDTH - 170 - COLUMN;
  const leftPlaces = place(blocks.map(b => [b.start, b.end]));
  const order = blocks.map((b, i) => i).sort((a, b) => blocks[a].out < blocks[b].out ? -1 : blocks[a].out > blocks[b].out ? 1 : 0);
  const outPlaces = place(order.map(i => [blocks[i].out, blocks[i].out + (blocks[i].end - blocks[i].start)]));
  const rightPlaces = [];
  order.forEach((blockIndex, rank) => { rightPlaces[blockIndex] = outPlaces[rank]; });
  const height = Math.max(...leftPlaces.map(p => p.y + p.h), ...outPlaces.map(p => p.y + p.h)) + 40;
  const svg = s('svg', {viewBox: `0 0 ${WIDTH} ${height}`, width: '100%', role: 'img', 'aria-label': 'Map of input addresses to output addresses'},
      s('text', {x: left, y: 16, class: 'soft'}, 'input addresses (VA)'), s('text', {x: right, y: 16, class: 'soft'}, 'output addresses (PA)'));
  blocks.forEach((block, i) => {
    const l = leftPlaces[i], r = rightPlaces[i];
    svg.append(s('path', {d: `M${left + COLUMN} ${l.y}C${(left + right + COLUMN) / 2} ${l.y} ${(left + right + COLUMN) / 2} ${r.y} ${right} ${r.y}L${right} ${r.y + r.h}C${(left + right + COLUMN) / 2} ${r.y + r.h} ${(left + right + COLUMN) / 2} ${l.y + l.h} ${left + COLUMN} ${l.y + l.h}z`, class: 'k-' + block.kind, opacity: 0.13}));
  });
  let lastLabel = [-99, -99];
  blocks.forEach((block, i) => {
    const l = leftPlaces[i], r = rightPlaces[i];
    const size = span(block.end - block.start);
    const title = `${hex(block.start)} – ${hex(block.end)} (${size})\n→ ${hex(block.out)}${block.identity ? ', identity' : ''}\n${block.text}`;
    const box = (x, p, out) => s('rect', {x, y: p.y, width: COLUMN, height: Math.max(2, p.h - 1), rx: 2, class: 'k-' + block.kind + (block.identity ? ' identity' : '')}, s('title', {}, title));
    svg.append(s('a', {href: `#/traces/${id}/walk?step=${step}&va=${hex(block.start)}`, tabindex: -1, 'aria-label': title}, box(left, l)), box(right, r, true));
    if (l.y - lastLabel[0] >= 12) { svg.append(s('text', {x: left - 8, y: l.y + 10, 'text-anchor': 'end', class: 'mono'}, hex(block.start))); lastLabel[0] = l.y; }
    if (l.h >= 15) svg.append(s('text', {x: left + 8, y: l.y + l.h / 2 + 4, style: 'fill:#fff'}, size + (block.identity ? ' · identity' : '')));
  });
  let lastOut = -99;
  order.forEach((blockIndex, rank) => {
    const p = outPlaces[rank];
    if (p.y - lastOut >= 12) { svg.append(s('text', {x: right + COLUMN + 8, y: p.y + 10, class: 'mono'}, hex(blocks[blockIndex].out))); lastOut = p.y; }
  });
  return svg;
}

/** Heights grow with the logarithm of the size; a gap costs a fixed few pixels however large it is. */
function place(ranges) {
  let y = 28, end = null;
  return ranges.map(([from, to]) => {
    const pages = Number((to - from) / 4096n) || 1;
    const height = 6 + 5.2 * Math.log2(1 + pages) ** 0.9;
    if (end !== null && from > end) y += 10;
    if (end !== null && from < end) y += 2;
    const result = {y, h: height};
    y += height;
    end = to;
    return result;
  });
}

function legend() {
  const item = (kind, text) => h('span', {}, h('i', {class: 'k-' + kind}), text);
  return h('div', {class: 'legend'}, item('code', 'executable, read-only'), item('data', 'writable'), item('rodata', 'read-only'), item('device', 'device'), item('rwx', 'writable and executable'),
      h('span', {}, h('i', {style: 'background:none;border:1.5px dashed var(--ink)'}), 'identity (input = output)'));
}

function table(ranges, id, step) {
  const shown = ranges.slice(0, 500);
  return h('div', {class: 'panel scroll'}, h('table', {},
      h('thead', {}, h('tr', {}, ['Input', 'Output', 'Size', 'Attributes'].map(text => h('th', {scope: 'col'}, text)))),
      h('tbody', {}, shown.map(range => h('tr', {},
          h('td', {class: 'nowrap'}, h('a', {href: `#/traces/${id}/walk?step=${step}&va=${range.range.start}`}, h('code', {}, `${range.range.start} – ${hex(endOf(range.range))}`))),
          h('td', {class: 'nowrap'}, h('code', {}, range.output), range.identity && [' ', h('span', {class: 'tag'}, 'identity')]),
          h('td', {class: 'nowrap'}, span(endOf(range.range) - big(range.range.start))), h('td', {}, range.attributes))))),
  ranges.length > shown.length && h('p', {class: 'soft'}, `… and ${count(ranges.length - shown.length)} more ranges`));
}
