import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect } from 'chai';
import { openApi } from '../../control/openapi.js';
import { type Operation, operations } from '../../control/operations.js';

describe('the OpenAPI document of the control', () => {
  const written = readFileSync(new URL('../../docs/control-api.json', import.meta.url), 'utf8');
  const page = readFileSync(new URL('../../docs/control.md', import.meta.url), 'utf8');

  it('is the one in docs: npm run docs writes it', () => {
    expect(written).to.equal(`${JSON.stringify(openApi(), null, 2)}\n`);
  });

  it('refers to what it has', () => {
    const document = openApi() as { readonly components: { readonly schemas: object } };
    const refs = [...written.matchAll(/"\$ref": "#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
    expect(new Set(refs)).to.deep.equal(new Set(Object.keys(document.components.schemas)));
  });

  it('has schemas that take what the codecs take', () => {
    const document = openApi() as {
      readonly paths: Readonly<
        Record<
          string,
          Readonly<
            Record<
              string,
              {
                readonly requestBody?: {
                  readonly content: { readonly 'application/json': { readonly schema: object } };
                };
              }
            >
          >
        >
      >;
      readonly components: object;
    };
    const samples: Readonly<Record<string, readonly [good: unknown, bad: unknown]>> = {
      '/air': [
        { do: 'network.fades', ssid: 'a', to: -80, over: 10 },
        { do: 'network.fades', ssid: 'a' },
      ],
      '/scenario': [
        { interfaces: [{ name: 'wlan0' }], networks: [] },
        { interfaces: [], networks: [] },
      ],
      '/networks': [[{ ssid: 'a', bssid: '02:00:00:00:00:01' }], [{ ssid: 'a' }]],
      '/record': [{ file: null }, { file: 'here' }],
      '/log-level': [{ level: 'info' }, { level: 'loud' }],
    };
    const bodied = Object.values<Operation>(operations).filter(({ body }) => body !== undefined);
    expect(bodied.map(({ path }) => path)).to.have.members(Object.keys(samples));
    for (const [path, [good, bad]] of Object.entries(samples)) {
      const schema = document.paths[path]?.post?.requestBody?.content['application/json'].schema ?? false;
      const ajv = new Ajv({ strict: false, unicodeRegExp: true });
      const validate = ajv.compile({ ...(schema as object), components: document.components });
      expect(validate(good), `${path} ${JSON.stringify(validate.errors)}`).to.equal(true);
      expect(validate(bad), path).to.equal(false);
    }
  });

  it('and the page for people have the same paths', () => {
    const rows = [...page.matchAll(/^\| `((?:GET|POST) \/\S+)` \|/gm)].map(([, row = '']) =>
      row.replace('GUEST', '{guest}'),
    );
    const all = Object.values<Operation>(operations)
      .filter(({ path }) => path !== '/openapi.json')
      .map(({ method, path }) => `${method} ${path}`);
    expect(rows).to.have.members(all);
  });
});
