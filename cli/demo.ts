/** `proxy-wifi demo`: prints the story as it happens. The story itself is in `demo-story.ts`. */

import { type DemoScenario, demoScenario } from './demo-scenario.js';
import { playStory, type StoryStep } from './demo-story.js';
import { exitCodes } from './interruption.js';
import { networkJson, networksTable, signalText } from './networks-table.js';
import { complain, type ExitCode, styled, type Terminal } from './terminal.js';

/** One step as plain data. */
const stepJson = (step: StoryStep): Readonly<Record<string, unknown>> =>
  step.step === 'scanned' ? { ...step, networks: step.networks.map(networkJson) } : { ...step };

/** One step for people, without the number. */
const stepLines = (step: StoryStep, terminal: Terminal): readonly string[] => {
  switch (step.step) {
    case 'started':
      return [
        'A host with one Wi-Fi interface and a guest, both simulated, on this machine.',
        `The host listens at ${step.host}; the guest hears notifications at ${step.guest}.`,
      ];
    case 'scanned':
      return [
        `The guest scans: ${step.networks.length} networks.`,
        ...networksTable(step.networks, terminal).map((line) => `  ${line}`),
      ];
    case 'connected':
      return [
        `The guest connects to ${step.ssid} with its passphrase: the host connects for it.`,
        `Access point ${step.bssid}, session ${step.sessionId}.`,
      ];
    case 'signal':
      return [`  ${signalText(step.rssi, terminal)}`];
    case 'fading':
      return ['The guest walks away, and is told how the signal fades:'];
    case 'lost':
      return [`The network is gone. The host tells the guest that session ${step.sessionId} has ended.`];
    case 'hostConnected':
      return [`The user of the host connects it to ${step.ssid}.`];
    case 'mirrored':
      return [
        `The guest connects to ${step.ssid} too. The host is there already, so it is mirrored: the host stays as it`,
        `is, and the guest needs no right key. Access point ${step.bssid}, session ${step.sessionId}.`,
      ];
    case 'disconnected':
      return [
        `The guest disconnects (session ${step.sessionId}). The host is still connected to ${step.host}.`,
      ];
    case 'stopped':
      return ['Everything is stopped. That was the whole story.'];
  }
};

/** Numbers the steps; signals belong to the step before them. */
const narrator = (terminal: Terminal): ((step: StoryStep) => void) => {
  let number = 0;
  return (step) => {
    const [title = '', ...more] = stepLines(step, terminal);
    if (step.step === 'signal') return terminal.out(`   ${title}`);
    number++;
    terminal.out(styled(terminal, 'bold', `${String(number).padStart(2)} ${title}`));
    for (const line of more) terminal.out(`   ${line}`);
  };
};

/** Plays the story. Exit code 1 when something that belongs to it does not happen, 130 or 143 after a signal. */
export const demo = async (
  { json = false }: { readonly json?: boolean },
  terminal: Terminal,
  scenario: DemoScenario = demoScenario,
): Promise<ExitCode> => {
  const tell = json ? (step: StoryStep) => terminal.out(JSON.stringify(stepJson(step))) : narrator(terminal);
  const story = await playStory(scenario, tell);
  switch (story.end) {
    case 'complete':
      return 0;
    case 'brokenOff':
      return complain(terminal, [story.problem], 1);
    case 'stopped':
      terminal.err(`Stopped by ${story.by}.`);
      return exitCodes[story.by];
  }
};
