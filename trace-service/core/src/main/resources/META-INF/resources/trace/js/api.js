// The service's own REST interface; nothing else is ever fetched.

/** A refusal: what the service says, ready to be shown. */
export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail ?? 'the trace service answered with status ' + status);
    this.status = status;
    this.reason = body?.reason;
  }
}

const base = new URL('../../v1/', import.meta.url);

export async function get(path, parameters) {
  const url = new URL(path, base);
  for (const [name, value] of Object.entries(parameters ?? {})) {
    if (value !== undefined && value !== null && value !== '') url.searchParams.set(name, value);
  }
  let response;
  try {
    const token = sessionStorage.getItem('token');
    response = await fetch(url, {headers: {accept: 'application/json', ...(token ? {authorization: 'Bearer ' + token} : {})}});
  } catch (cause) {
    throw new Problem(0, {detail: 'the trace service does not answer: is it running?'});
  }
  if (!response.ok) throw new Problem(response.status, await response.json().catch(() => null));
  return response.json();
}

/** The address of the raw trace file. */
export const exportUrl = id => new URL(`traces/${id}:export`, base).href;
