/** The table of operations as an OpenAPI 3.1 document: what `docs/control-api.json` holds and `GET /openapi.json` answers. */
import { componentSchema, type JsonSchema } from '../json/schema.js';
import { type Operation, operations, parameters, refusalCodec } from './operations.js';

const reasons: Readonly<Record<number, string>> = {
  400: 'It cannot be read.',
  401: 'The token is missing or wrong.',
  403: 'Asked for by another name than that of this machine, or by a web page.',
  404: 'There is no such guest.',
  409: 'This service cannot do that, or not now.',
  413: 'The body is too large.',
  422: 'The body is readable and wrong: `problems` says where, what is there and what should be.',
  503: 'Too many watch already.',
};

const json = (schema: JsonSchema): JsonSchema => ({ 'application/json': { schema } });

/** What every operation may answer. */
const always = (operation: Operation): readonly number[] =>
  operation.body === undefined ? [401, 403] : [400, 401, 403, 413];

const answerOf = (operation: Operation, schemas: Map<string, JsonSchema>): JsonSchema =>
  operation.answer === undefined
    ? {
        description: 'Events as they happen.',
        content: { 'text/event-stream': { schema: { type: 'string' } } },
      }
    : { description: 'Done.', content: json(componentSchema(operation.answer, schemas)) };

const parametersOf = (
  name: string,
  path: string,
  schemas: Map<string, JsonSchema>,
): readonly JsonSchema[] => [
  ...[...path.matchAll(/\{(\w+)\}/g)].map(([, parameter = '']) => ({
    name: parameter,
    in: 'path',
    required: true,
    description: parameters.guest.name,
    schema: componentSchema(parameters.guest, schemas),
  })),
  ...(name === 'watchEvents'
    ? [
        {
          name: 'only',
          in: 'query',
          description: 'Leaves the others out.',
          schema: { enum: ['facts', 'frames'] },
        },
      ]
    : []),
];

const operationObject = (
  name: string,
  operation: Operation,
  schemas: Map<string, JsonSchema>,
): JsonSchema => {
  const { summary, path, body, refusals } = operation;
  const given = parametersOf(name, path, schemas);
  const refused = [...new Set([...always(operation), ...refusals])].toSorted((a, b) => a - b);
  return {
    operationId: name,
    summary,
    ...(given.length === 0 ? {} : { parameters: given }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: json(componentSchema(body, schemas)) } }),
    responses: {
      200: answerOf(operation, schemas),
      ...Object.fromEntries(
        refused.map((status) => [
          status,
          {
            description: reasons[status] ?? 'Refused.',
            content: json({ $ref: '#/components/schemas/refusal' }),
          },
        ]),
      ),
    },
  };
};

/** The document as plain JSON. */
export const openApi = (): JsonSchema => {
  const schemas = new Map<string, JsonSchema>();
  schemas.set('refusal', componentSchema(refusalCodec, schemas));
  const paths: Record<string, JsonSchema> = {};
  for (const [name, operation] of Object.entries<Operation>(operations))
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: operationObject(name, operation, schemas),
    };
  return {
    openapi: '3.1.0',
    info: {
      title: 'The control of proxy-wifi',
      version: '1',
      description:
        'How a running service is steered and watched: over a Unix socket, or over loopback with a token.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: 'http://127.0.0.1:9466', description: 'Over loopback; a Unix socket takes any name.' }],
    security: [{}, { token: [] }],
    paths,
    components: {
      schemas: Object.fromEntries([...schemas].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'PROXY_WIFI_CONTROL_TOKEN of the service.' },
      },
    },
  };
};
