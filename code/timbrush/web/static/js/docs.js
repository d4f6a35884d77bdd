/** The schema at /openapi.json as a page that needs nothing from elsewhere. */

const schema = await (await fetch('/openapi.json')).json();

/**
 * @param {string} tag
 * @param {string} textContent
 */
function text(tag, textContent) {
  return Object.assign(document.createElement(tag), { textContent });
}

/** @param {string} reference Such as #/components/x. @returns {any} */
function named(reference) {
  const keys = reference.slice(2).split('/');
  return keys.reduce((at, key) => at[key], schema);
}

/** @param {any} part @returns {any} With its references replaced by what they name. */
function resolved(part) {
  if (Array.isArray(part)) return part.map(resolved);
  if (typeof part !== 'object' || part === null) return part;
  if (part.$ref) return resolved(named(part.$ref));
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, resolved(value)]));
}

/**
 * @param {string} method
 * @param {string} path
 * @param {any} route
 */
function entry(method, path, route) {
  const details = document.createElement('details');
  const summary = document.createElement('summary');
  summary.append(
    text('b', method.toUpperCase()),
    text('code', path),
    text('span', route.summary),
  );
  const body = document.createElement('div');
  body.append(text('p', route.description ?? ''));
  const { parameters, requestBody, responses } = route;
  const parts = { parameters, 'request body': requestBody, responses };
  for (const [name, part] of Object.entries(parts)) {
    if (part)
      body.append(text('h4', name), text('pre', JSON.stringify(resolved(part), null, 2)));
  }
  details.append(summary, body);
  return details;
}

export {};

document
  .getElementById('paths')
  ?.append(
    ...Object.entries(schema.paths).flatMap(([path, methods]) =>
      Object.entries(/** @type {any} */ (methods)).map(([method, route]) =>
        entry(method, path, route),
      ),
    ),
  );
