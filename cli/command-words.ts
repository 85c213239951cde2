/** What can be typed, as plain data out of commander: for shells that complete it, and for the manual page. */
import type { Argument, Command, Option } from 'commander';

export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;

/** A shell that can be told how to complete this command. */
export type Shell = (typeof shells)[number];

/** What may stand in a place. */
export interface Place {
  /** `file`, for people. */
  readonly name: string;
  readonly isFile: boolean;
  /** The only words that may; none where others may, too. */
  readonly words: readonly string[];
}

export interface OptionWords {
  /** With its dashes. */
  readonly flag: string;
  readonly description: string;
  /** What stands behind it; undefined: nothing. */
  readonly value: Place | undefined;
  /** May the value be left out? */
  readonly alone: boolean;
}

export interface CommandWords {
  /** From the program's name on: `proxy-wifi`, `guest`, `scan`. */
  readonly path: readonly string[];
  readonly description: string;
  /** As in help: `[options] [ssid]`. */
  readonly usage: string;
  readonly options: readonly OptionWords[];
  readonly values: readonly Place[];
  readonly commands: readonly CommandWords[];
}

const fileNames: ReadonlySet<string> = new Set(['file', 'folder']);

const placeOf = (name: string, choices: readonly string[] | undefined): Place => ({
  name,
  isFile: fileNames.has(name),
  words: choices ?? [],
});

const optionWords = ({ long, flags, description, required, optional, argChoices }: Option): OptionWords => {
  const [, name = 'value'] = /[<[]([^>\]]+)[>\]]/.exec(flags) ?? [];
  return {
    flag: long ?? flags,
    description,
    value: required || optional ? placeOf(name, argChoices) : undefined,
    alone: optional,
  };
};

const valueOfArgument = (argument: Argument): Place => placeOf(argument.name(), argument.argChoices);

/** The words of a command and of all below it. */
export const commandWords = (command: Command, above: readonly string[] = []): CommandWords => {
  const path = [...above, command.name()];
  return {
    path,
    description: command.description(),
    usage: command.usage(),
    options: command.createHelp().visibleOptions(command).map(optionWords),
    values: command.registeredArguments.map(valueOfArgument),
    commands: command.commands.map((below) => commandWords(below, path)),
  };
};
