/**
 * The same on Windows, as commands to be typed: no Windows was at hand on which they could have been tried, and what changes a
 * machine's services should not be run untried. They follow Microsoft's documents of sc.exe, icacls and the registry.
 */
import type { ExitCode, Terminal } from './terminal.js';

/** Where Windows keeps whether services may know the location, without which the Wlan API shows no networks. */
const consent =
  'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\CapabilityAccessManager\\ConsentStore\\location';

/** Node and the command line's module. */
interface Called {
  readonly node: string;
  readonly main: string;
}

/** A service has to answer the service manager, which Node does not: a wrapper that does runs it. */
const installLines = ({ node, main }: Called): readonly string[] => [
  'Type this in an elevated prompt. None of it was tried on a real Windows; each line says what it is for.',
  '',
  ':: 1. The Hyper-V sockets of guests, in the registry.',
  'proxy-wifi register',
  '',
  ':: 2. Windows shows networks only to who may know the location; a service in session 0 is asked nothing.',
  `reg add "${consent}" /v Value /t REG_SZ /d Allow /f`,
  '',
  ':: 3. The folder of the service, for its own account.',
  'mkdir "%ProgramData%\\proxy-wifi"',
  'icacls "%ProgramData%\\proxy-wifi" /inheritance:r /grant "NT SERVICE\\proxy-wifi:(OI)(CI)M" /grant Administrators:(OI)(CI)F',
  '',
  ':: 4. The service. Node does not speak to the service manager: shawl (or another wrapper) runs it and passes a stop on as Ctrl-C.',
  `sc.exe create proxy-wifi start= auto obj= "NT SERVICE\\proxy-wifi" binPath= "shawl.exe run --name proxy-wifi --stop-timeout 15000 -- \\"${node}\\" \\"${main}\\" serve --config \\"%ProgramData%\\proxy-wifi\\config.json\\" --log-json" depend= wlansvc`,
  'sc.exe description proxy-wifi "Wi-Fi for virtual machines"',
  'sc.exe sidtype proxy-wifi unrestricted',
  '',
  ':: 5. What follows a crash: again after 1 s, 5 s, 30 s; a day without one, and it counts anew.',
  'sc.exe failure proxy-wifi reset= 86400 actions= restart/1000/restart/5000/restart/30000',
  'sc.exe failureflag proxy-wifi 1',
  '',
  ':: 6. Its configuration is yours to write: %ProgramData%\\proxy-wifi\\config.json. Then:',
  'sc.exe start proxy-wifi',
];

const uninstallLines: readonly string[] = [
  'Type this in an elevated prompt. None of it was tried on a real Windows.',
  '',
  'sc.exe stop proxy-wifi',
  'sc.exe delete proxy-wifi',
  'proxy-wifi register --remove',
  ':: Your configuration stays until you remove it: rmdir /s "%ProgramData%\\proxy-wifi"',
];

const show = (lines: readonly string[], terminal: Terminal): ExitCode => {
  for (const line of lines) terminal.out(line);
  return 0;
};

/** Shows what is to be typed. Nothing is changed. */
export const windowsInstall = (called: Called, terminal: Terminal): ExitCode =>
  show(installLines(called), terminal);

/** Shows what is to be typed. Nothing is changed. */
export const windowsUninstall = (terminal: Terminal): ExitCode => show(uninstallLines, terminal);
