/** What an editor shows of a name: TypeScript's language service, asked about a program of somebody who has the package. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What a person sees who holds the pointer over a name. */
export interface Hover {
  readonly text: string;
  readonly doc: string;
}

/** Names in it are asked about at the first place where they stand. */
const program = `import { createActor } from 'xstate';
import { type Fact, type ProxyWifiInput, decodeInput, proxyWifi } from 'proxy-wifi';
import { createGuest, createPlainGuest } from 'proxy-wifi/guest';
import { type Scenario, decodeScenario, loadScenario, simulatedBackend } from 'proxy-wifi/simulated';
import { createInspector } from 'proxy-wifi/inspector';
const actor = createActor(proxyWifi, { input: { endpoints: [] } });
actor.on('hostDisconnected', (fact) => fact);
const snapshot = actor.getSnapshot();
const status = snapshot.context.status.read();
const guest = createPlainGuest({ endpoint: 'tcp://127.0.0.1' });
const scenario: Scenario | undefined = undefined;
`;

/** One symbol display part. */
interface Part {
  readonly text: string;
}

/** Of the language service, what is used here; the compiler is the one that the project has, of whatever version. */
interface TypeScript {
  readonly ScriptSnapshot: { readonly fromString: (text: string) => unknown };
  readonly sys: {
    readonly fileExists: (path: string) => boolean;
    readonly readFile: (path: string) => string | undefined;
  };
  readonly getDefaultLibFilePath: (options: unknown) => string;
  readonly createLanguageService: (host: unknown) => {
    readonly getQuickInfoAtPosition: (
      file: string,
      position: number,
    ) => { readonly displayParts?: readonly Part[]; readonly documentation?: readonly Part[] } | undefined;
  };
}

const joined = (parts: readonly Part[] = []): string => parts.map(({ text }) => text).join('');

/** Of each name in the program; `compiler`: the name of an installed TypeScript. */
export const quickInfo = async (folder: string, compiler: string): Promise<Map<string, Hover>> => {
  const path = createRequire(join(folder, 'package.json')).resolve(compiler);
  const { default: ts } = (await import(pathToFileURL(path).href)) as { readonly default: TypeScript };
  const file = join(folder, 'hover.mts');
  const read = (name: string): string | undefined => (name === file ? program : ts.sys.readFile(name));
  const options = { module: 199, moduleResolution: 99, target: 9, strict: true };
  const service = ts.createLanguageService({
    ...ts.sys,
    useCaseSensitiveFileNames: () => true,
    getCompilationSettings: () => options,
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot: (name: string) => {
      const text = read(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    fileExists: (name: string) => name === file || ts.sys.fileExists(name),
    readFile: read,
  });
  const names = new Set(
    [...program.matchAll(/(?:const|type|\{|,) (\w+)\b(?! \w+\b,)|\((fact)\)/g)].map(
      ([, name, other]) => name ?? other ?? '',
    ),
  );
  return new Map(
    [...names].flatMap((name) => {
      const info = service.getQuickInfoAtPosition(file, program.search(new RegExp(`\\b${name}\\b(?!')`)));
      return info === undefined
        ? []
        : [[name, { text: joined(info.displayParts), doc: joined(info.documentation) }] as const];
    }),
  );
};
