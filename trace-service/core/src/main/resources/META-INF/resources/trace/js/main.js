// Routes: #/ · #/findings · #/findings/{project}/{fingerprint} · #/traces/{id}/{tab}?step=…
import {Problem} from './api.js';
import {h, notice, show} from './dom.js';
import {tracesView} from './traces.js';
import {findingsView, findingView} from './findings.js';
import {traceView} from './trace.js';

let generation = 0;

async function route() {
  const mine = ++generation;
  const hash = location.hash.replace(/^#\/?/, '');
  const [path, query] = hash.split('?');
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  const parameters = new URLSearchParams(query ?? '');
  const current = parts[0] === 'findings' ? 'findings' : 'traces';
  for (const link of document.querySelectorAll('[data-nav]')) {
    if (link.dataset.nav === current) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const stillCurrent = () => mine === generation;
  try {
    if (parts.length === 0) await tracesView(parameters, stillCurrent);
    else if (parts[0] === 'findings' && parts.length === 3) await findingView(parts[1], parts[2], stillCurrent);
    else if (parts[0] === 'findings') await findingsView(parameters, stillCurrent);
    else if (parts[0] === 'traces' && /^\d+$/.test(parts[1] ?? '')) await traceView(parts[1], parts[2] ?? 'timeline', parameters, stillCurrent);
    else show('Not found', notice('There is no such page.', 'error'));
  } catch (error) {
    if (!stillCurrent()) return;
    if (!(error instanceof Problem)) console.error(error);
    show('Problem', notice(error.message, 'error'), error.status === 401 ? tokenForm() : h('p', {}, h('a', {href: '#/'}, 'Back to the traces')));
  }
}

/** Asks for a token; it is kept for this tab only. */
function tokenForm() {
  return h('form', {class: 'row', onsubmit: event => {
    event.preventDefault();
    sessionStorage.setItem('token', new FormData(event.target).get('token').trim());
    route();
  }}, h('label', {}, 'Token', h('input', {name: 'token', type: 'password', size: 40, required: true, autocomplete: 'off'})), h('button', {}, 'Continue'));
}

addEventListener('hashchange', route);
route();
