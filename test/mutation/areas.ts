/** The parts of the project that are mutated, each with figures of its own. */

/** One area. */
export interface Area {
  readonly name: string;
  /** Folders and files whose source is mutated, by the beginning of their path. */
  readonly sources: readonly string[];
  /** Below them, but not mutated. */
  readonly except?: readonly string[];
}

/**
 * Every area. `native/windows`, `native/report/windows.ts` and `machines-viz/page` have none: their tests run under Wine and in a browser, which takes minutes
 * for each mutant. Programs that only write pages or drawings are left out too.
 */
export const areas: readonly Area[] = [
  { name: 'actors', sources: ['actors/', 'platform.ts'] },
  { name: 'streams', sources: ['streams/'] },
  { name: 'protocol', sources: ['protocol/'], except: ['protocol/page.ts', 'protocol/dissector.ts'] },
  { name: 'simulated', sources: ['native/simulated/', 'native/fake/', 'json/'] },
  {
    name: 'linux',
    sources: ['native/linux/', 'native/report/', 'native/checks.ts', 'native/pmk.ts'],
    except: ['native/report/windows.ts'],
  },
  { name: 'sockets', sources: ['native/sockets/', 'native/guest/', 'native/guest.ts'] },
  { name: 'cli', sources: ['cli/', 'metrics/'] },
  {
    name: 'inspector',
    sources: ['machines-viz/'],
    except: ['machines-viz/page/', 'machines-viz/build-page.ts', 'machines-viz/write-pictures.ts'],
  },
];

/** The area of a file, by its path in the project. */
export const areaOf = (file: string): Area | undefined =>
  areas.find(
    ({ sources, except = [] }) =>
      sources.some((source) => file.startsWith(source)) && !except.some((path) => file.startsWith(path)),
  );

/** Tests that compare the source's text with other texts: they would notice what nobody does. */
const isTextual = (test: string): boolean =>
  test.startsWith('test/docs/') || test.startsWith('test/mutation/');

const drawings = ['test/machines-viz/pictures.test.ts', 'test/machines-viz/export.test.ts'];

/** Whether a test file may speak for an area: the drawings of the machines change with every word of them. */
export const speaksFor = (test: string, area: Area): boolean =>
  !isTextual(test) && (area.name === 'inspector' || !drawings.includes(test));
