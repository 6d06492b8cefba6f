// Small helpers for building elements; text always goes in as text, so nothing a trace contains is ever read as markup.

const SVG = 'http://www.w3.org/2000/svg';

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

/** An HTML element: h('a', {href: '#'}, 'text'). */
export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

/** An SVG element. */
export const s = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

/** Addresses travel as hex strings and are compared as BigInt. */
export const big = text => BigInt(text);
export const hex = value => '0x' + value.toString(16);

/** 1234567 -> "1,234,567". */
export const count = value => Number(value ?? 0).toLocaleString('en-US');

/** Bytes for people. */
export function bytes(value) {
  let size = Number(value ?? 0);
  for (const unit of ['B', 'KiB', 'MiB', 'GiB']) {
    if (size < 1024 || unit === 'GiB') return (unit === 'B' ? size : size.toFixed(1)) + ' ' + unit;
    size /= 1024;
  }
  return '';
}

/** The length of an address range for people; takes a BigInt. */
export function span(length) {
  let size = length;
  for (const unit of ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']) {
    if (size < 1024n || size % 1024n !== 0n || unit === 'PiB') return size + ' ' + unit;
    size /= 1024n;
  }
  return '';
}

export const time = text => text ? new Date(text).toLocaleString(undefined, {dateStyle: 'medium', timeStyle: 'short'}) : '';

/** End of a range as BigInt; 0 stands for the end of the 64-bit space. */
export const endOf = range => big(range.end) === 0n ? 1n << 64n : big(range.end);

export function severityTag(severity, text) {
  return h('span', {class: 'tag ' + (severity === 'lint' ? '' : severity)}, text ?? severity);
}

/** Replaces the page's content and tells assistive technology where it is. */
export function show(title, ...content) {
  document.title = title + ' · Breakmake';
  document.getElementById('content').replaceChildren(...content.flat(Infinity).filter(Boolean));
  document.getElementById('status').textContent = title;
}

export function notice(text, kind) {
  return h('p', {class: 'notice ' + (kind ?? ''), role: kind === 'error' ? 'alert' : null}, text);
}
