/**
 * wpa_supplicant's configuration file, as `SaveConfig` writes it and wpa_supplicant.conf(5) has it: what stands in it of
 * networks of ours, and the file without them. `SelectNetwork` disables the user's networks, and that is written too, as is
 * `sae_pwe`: what a mark says was enabled is so again. Every other byte stays. Pure; `text` is the file byte for byte (latin1).
 */
import { allowsHashToElement, beforeOf, markIn, serviceIn, type UsersNetwork } from './wpa-mark.js';

/** A line with its end. */
interface Line {
  readonly text: string;
  /** Without what wpa_supplicant takes for white space around it. */
  readonly bare: string;
}

/** A `network={ … }`: the index of its first line, and of the one behind its last. */
interface Block {
  readonly from: number;
  readonly to: number;
}

const linesOf = (text: string): readonly Line[] =>
  (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => ({
    text: line,
    bare: line.replace(/^[ \t\r]+|[ \t\r\n]+$/g, ''),
  }));

/** Networks that are not closed are none. Blobs and credentials have the same brackets. */
const blocksOf = (lines: readonly Line[]): readonly Block[] => {
  const blocks: Block[] = [];
  let open: { readonly from: number; readonly isNetwork: boolean } | undefined;
  for (const [index, { bare }] of lines.entries())
    if (open === undefined) {
      if (!bare.startsWith('#') && bare.endsWith('={'))
        open = { from: index, isNetwork: bare === 'network={' };
    } else if (bare === '}') {
      if (open.isNetwork) blocks.push({ from: open.from, to: index + 1 });
      open = undefined;
    }
  return blocks;
};

/** The last value of a field counts, as for wpa_supplicant. */
const fieldOf = (lines: readonly Line[], { from, to }: Block, name: string): string => {
  const line = lines.slice(from, to).findLast(({ bare }) => bare.startsWith(`${name}=`));
  return line?.bare.slice(name.length + 1) ?? '';
};

/** A mark that some service has made, and not something of the user's that begins alike. */
const markOfBlock = (lines: readonly Line[], block: Block): string | undefined => {
  const mark = markIn(fieldOf(lines, block, 'id_str'));
  return mark !== undefined && serviceIn(mark) !== '' ? mark : undefined;
};

/** The marks of the networks in a file that services have added for guests. */
export const marksIn = (text: string): readonly string[] => {
  const lines = linesOf(text);
  return blocksOf(lines).flatMap((block) => markOfBlock(lines, block) ?? []);
};

/** The file without the networks that have one of these marks, and with the user's as they were before. */
export const withoutMarked = (text: string, marks: ReadonlySet<string>): string => {
  const lines = linesOf(text);
  const blocks = blocksOf(lines);
  const isTaken = (block: Block): boolean => marks.has(markOfBlock(lines, block) ?? '');
  const taken = blocks.filter(isTaken);
  if (taken.length === 0) return text;
  const left = new Set<number>();
  for (const { from, to } of taken) {
    for (let index = from; index < to; index++) left.add(index);
    // wpa_supplicant sets an empty line before each block.
    if (lines[from - 1]?.bare === '') left.add(from - 1);
  }
  const users = blocks.filter((block) => markOfBlock(lines, block) === undefined);
  // Numbered as wpa_supplicant does when it reads the file.
  const networks: readonly UsersNetwork[] = users.map((block, number) => ({
    path: `/${number}`,
    ssid: fieldOf(lines, block, 'ssid'),
    enabled: false,
  }));
  for (const mark of marks)
    for (const { path } of beforeOf(mark, networks).enabled) {
      const block = users[Number(path.slice(1))];
      if (block === undefined) continue;
      for (let index = block.from; index < block.to; index++)
        if (lines[index]?.bare === 'disabled=1') left.add(index);
    }
  // Written before all blocks.
  if ([...marks].some(allowsHashToElement)) {
    const firstBlock = lines.findIndex(({ bare }) => bare.endsWith('={'));
    for (let index = 0; index < firstBlock; index++) if (lines[index]?.bare === 'sae_pwe=2') left.add(index);
  }
  return lines
    .filter((_, index) => !left.has(index))
    .map((line) => line.text)
    .join('');
};
