/** What commander says of wrong usage, said as everything else that is wrong is said. */

/** A message of commander's: a word that is none of those that there are; every other one stays as it is. */
export const inOurWords = (text: string): string =>
  text.replace(
    /^error: (?:option '(--[\w-]+)[^']*' argument '(.*)' is invalid|command-argument value '(.*)' is invalid for argument '(\w+)')\. Allowed choices are (.*)\./s,
    (_, option?: string, given?: string, word?: string, argument?: string, choices = '') => {
      const allowed = choices.split(', ').map((choice: string) => JSON.stringify(choice));
      return `error: ${option ?? argument}: expected one of ${allowed.join(', ')}, found ${JSON.stringify(given ?? word)}`;
    },
  );
