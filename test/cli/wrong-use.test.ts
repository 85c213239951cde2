/** Every wrong use of the command line, with all of what is said about it. Nothing is started, and the exit code is 2. */
import { writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { configFile } from '../../cli/config-file.js';
import { ran } from './kept-terminal.js';
import { newFolder } from './serving.js';

interface WrongUse {
  /** FILE stands for the path of `file`. */
  readonly argv: readonly string[];
  /** What is in the file: a text, or what becomes JSON. */
  readonly file?: unknown;
  /** Each error without its first word. */
  readonly says: string | readonly string[];
  /** Is the help mentioned? */
  readonly hint?: true;
}

const hint = 'Type it with --help to see what there is.';

/** Every one, as a message lists them: the table of settings has the rest of what is to be said about each. */
const fieldsOfConfig = Object.keys(configFile.fields)
  .map((name) => `"${name}"`)
  .join(', ');

const wrongUses: readonly WrongUse[] = [
  { argv: ['sevre'], says: ["unknown command 'sevre'", '(Did you mean serve?)'], hint: true },
  { argv: ['--lisen', 'x'], says: "unknown option '--lisen'", hint: true },
  {
    argv: ['serve', '--lisen', 'x'],
    says: ["unknown option '--lisen'", '(Did you mean --listen?)'],
    hint: true,
  },
  {
    argv: ['serve', 'now', 'please'],
    says: 'unexpected argument "now", "please": expected no argument',
    hint: true,
  },
  { argv: ['serve', '--listen'], says: "option '--listen <url>' argument missing", hint: true },
  {
    argv: ['serve', '--listen', 'http://x'],
    says: '--listen: expected an endpoint URL such as tcp://127.0.0.1, unix:///run/vm1.vsock, vsock://3 or hvsocket://<vm id>, found "http://x"',
  },
  {
    argv: ['serve', '--listen', 'tcp://127.0.0.1:70000'],
    says: '--listen: expected tcp://ADDRESS[:PORT] (an IPv6 address in brackets, a port from 0 to 65535), found "tcp://127.0.0.1:70000"',
  },
  {
    argv: ['serve', '--listen', 'vsock://x'],
    says: '--listen: expected vsock://CID or vsock://any (a CID from 0 to 4294967294; the port is an option of its own), found "vsock://x"',
  },
  {
    argv: ['serve', '--listen', 'unix://run/vm'],
    says: '--listen: expected unix:///PATH (the absolute path of the hypervisor\'s socket; without the _PORT that it appends), found "unix://run/vm"',
  },
  {
    argv: ['serve', '--listen', 'tcp://0.0.0.0'],
    says: '--listen: expected a list of who may connect (allow, --allow) beside an address that everybody reaches; "any" on it is everybody, found "tcp://0.0.0.0"',
  },
  {
    argv: ['serve', '--listen', 'tcp://[::]'],
    says: '--listen: expected a list of who may connect (allow, --allow) beside an address that everybody reaches; "any" on it is everybody, found "tcp://[::]"',
  },
  {
    argv: ['serve', '--listen', 'tcp://127.0.0.1', '--listen', 'tcp://localhost'],
    says: '--listen: expected each endpoint once, found "tcp://127.0.0.1"',
  },
  {
    argv: ['serve', '--request-port', '70000'],
    says: '--request-port: expected a whole number from 0 to 65535, found 70000',
  },
  {
    argv: ['serve', '--request-port', '12e3'],
    says: '--request-port: expected a whole number from 0 to 65535, found "12e3"',
  },
  {
    argv: ['serve', '--request-port', '7', '--notification-port', '7'],
    says: '--notification-port: expected another port than that for requests, found 7',
  },
  {
    argv: ['serve', '--notification-port', '0'],
    says: '--notification-port: expected a whole number from 1 to 65535, found 0',
  },
  {
    argv: ['serve', '--allow', 'nobody'],
    says: '--allow: expected a guest such as tcp://127.0.1.7, unix:///run/vm1.vsock, vsock://3 or hvsocket://<vm id>, or any, found "nobody"',
  },
  {
    argv: ['serve', '--allow', 'vsock://3'],
    says: '--allow: expected a guest that one of the endpoints can let in, found "vsock://3"',
  },
  {
    argv: ['serve', '--listen', 'vsock://4', '--allow', 'vsock://3'],
    says: '--allow: expected a guest that one of the endpoints can let in, found "vsock://3"',
  },
  {
    argv: ['serve', '--allow', '192.168.1.7'],
    says: '--allow: expected a guest that one of the endpoints can let in, found "192.168.1.7"',
  },
  {
    argv: ['serve', '--scan-interval', '5'],
    says: '--scan-interval: expected a time with its unit, such as 250ms, 5s, 1m or 2h, found "5"',
  },
  {
    argv: ['serve', '--scan-interval', '2h'],
    says: '--scan-interval: expected a whole number from 0 to 3600000 (ms), found 7200000',
  },
  {
    argv: ['serve', '--allow-ssid', 'x'.repeat(33), '--deny-ssid-hex', 'abc'],
    says: [
      `--allow-ssid: expected an SSID of 1 to 32 bytes of UTF-8, found "${'x'.repeat(33)}"`,
      '--deny-ssid-hex: expected an SSID of 1 to 32 bytes in hex, found "abc"',
    ],
  },
  {
    argv: ['serve', '--changes-per-minute', '0'],
    says: '--changes-per-minute: expected a whole number from 1 to 600 (changes), found 0',
  },
  {
    argv: ['serve', '--radio', 'loud'],
    says: '--radio: expected one of "host", "wpa_supplicant", "networkmanager", "simulated", "none", found "loud"',
  },
  {
    argv: ['serve', '--radio', 'none', '--scenario', 'x.json'],
    says: '--scenario: expected --radio simulated beside it, found --radio none',
  },
  {
    argv: ['serve', '--driver', 'old'],
    says: '--driver: expected one of "with-scan-complete", "without-scan-complete", found "old"',
  },
  {
    argv: ['serve', '--contention', 'war'],
    says: '--contention: expected one of "first-wins", "last-wins", found "war"',
  },
  {
    argv: ['serve', '--backlog', '0'],
    says: '--backlog: expected a whole number from 1 to 1024 (connections), found 0',
  },
  {
    argv: ['serve', '--maximum-guests', '70000'],
    says: '--maximum-guests: expected a whole number from 1 to 65536 (guests), found 70000',
  },
  {
    argv: ['serve', '--metrics', 'x:y'],
    says: '--metrics: expected PORT, ADDRESS:PORT or [IPV6]:PORT, such as 127.0.0.1:9464, found "x:y"',
  },
  {
    argv: ['serve', '--metrics', '65536'],
    says: '--metrics: expected PORT, ADDRESS:PORT or [IPV6]:PORT, such as 127.0.0.1:9464, found "65536"',
  },
  {
    argv: ['serve', '--inspect', '65536'],
    says: '--inspect: expected a port from 0 (any) to 65535, found "65536"',
  },
  {
    argv: ['serve', '--metrics', '9465', '--inspect'],
    says: '--inspect: expected another port than that of the metrics, found 9465',
  },
  {
    argv: ['serve', '--log-level', 'loud'],
    says: '--log-level: expected one of "silent", "error", "warn", "info", "debug", "trace", found "loud"',
  },
  { argv: ['serve', '--print-config', 'xml'], says: '--print-config: expected text or json, found "xml"' },
  {
    argv: ['serve', '--record', 'x', '--record-limit', '5k'],
    says: '--record-limit: expected a whole number from 65536 to 9007199254740991 (bytes), found 5120',
  },
  {
    argv: ['serve', '--record-limit', 'much'],
    says: '--record-limit: expected a number of bytes such as 65536, 500k, 100M or 2G, found "much"',
  },
  {
    argv: ['serve', '--force'],
    says: '--force: expected --record beside it: there is nothing to overwrite',
  },
  {
    argv: ['serve', '--record-limit', '100M'],
    says: '--record-limit: expected --record or --control beside it: nothing is recorded',
  },
  {
    argv: ['serve', '--control', 'tcp://127.0.0.1:9466'],
    says: 'control tcp://127.0.0.1:9466: every user of this machine reaches this port: expected a token of at least 16 characters in PROXY_WIFI_CONTROL_TOKEN beside it',
  },
  { argv: ['scenario', 'FILE'], file: '', says: 'FILE: no frame in it' },
  {
    argv: ['ctl', 'log-level', 'loud'],
    says: 'level: expected one of "silent", "error", "warn", "info", "debug", "trace", found "loud"',
    hint: true,
  },
  {
    argv: ['ctl', 'watch', '--only', "it's"],
    says: '--only: expected one of "facts", "frames", found "it\'s"',
    hint: true,
  },
  { argv: ['serve', '--record', ''], says: '--record: expected the path of a file, found ""' },
  {
    argv: ['serve', '--config', '/nowhere/at/all.json'],
    says: '/nowhere/at/all.json: cannot be read: no such file. Check the path (ENOENT).',
  },
  {
    argv: ['serve', '--scenario', '/nowhere.json'],
    says: '/nowhere.json: cannot be read: no such file. Check the path (ENOENT).',
  },
  {
    argv: ['serve', '--networks', '/'],
    says: '/: cannot be read: this is a folder. Give the path of a file (EISDIR).',
  },
  {
    argv: ['serve', '--listen', 'here', '--request-port', '-1', '--metrics', 'there'],
    says: [
      '--listen: expected an endpoint URL such as tcp://127.0.0.1, unix:///run/vm1.vsock, vsock://3 or hvsocket://<vm id>, found "here"',
      '--request-port: expected a whole number from 0 to 65535, found -1',
      '--metrics: expected PORT, ADDRESS:PORT or [IPV6]:PORT, such as 127.0.0.1:9464, found "there"',
    ],
  },
  { argv: ['guest', 'dance'], says: "unknown command 'dance'", hint: true },
  {
    argv: ['guest', 'scan', '--endpoint', 'ftp://x'],
    says: '--endpoint: "ftp://x": expected one of: tcp://ADDRESS[:PORT] (an IPv6 address in brackets, a port from 0 to 65535); unix:///PATH (the absolute path of the hypervisor\'s socket; without the _PORT that it appends); vsock://CID or vsock://any (a CID from 0 to 4294967294; the port is an option of its own); hvsocket://VM-ID (a GUID) or one of hvsocket://any, children, loopback, parent, wsl',
  },
  {
    argv: ['guest', 'scan', '--address', 'me'],
    says: '--address: expected an IP address of this machine, got "me"',
  },
  {
    argv: ['guest', 'scan', '--request-port', '0'],
    says: '--request-port: expected a whole number from 1 to 65535, found "0"',
  },
  {
    argv: ['guest', 'scan', '--notification-port', '-'],
    says: '--notification-port: expected a whole number from 1 to 65535, found "-"',
  },
  {
    argv: ['guest', 'scan', '--driver', 'old'],
    says: "--driver: expected 'with-scan-complete' or 'without-scan-complete', got \"old\"",
  },
  {
    argv: ['guest', 'scan', 'x'.repeat(33)],
    says: 'SSID "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx": an SSID has at most 32 bytes, this one has 33',
  },
  {
    argv: ['guest', 'scan', '--hex', 'abc'],
    says: 'SSID "abc": an SSID in hex is an even number of the digits 0-9 and a-f',
  },
  {
    argv: ['guest', 'scan', 'a', 'b'],
    says: 'unexpected argument "b": expected one argument at most',
    hint: true,
  },
  { argv: ['guest', 'connect'], says: "missing required argument 'ssid'", hint: true },
  {
    argv: ['guest', 'connect', 'x', '--open', '--bssid', '02:00'],
    says: '--bssid: expected an address such as 02:00:00:00:00:01, got "02:00"',
  },
  {
    argv: ['guest', 'connect', 'x', '--open', '--passphrase-stdin'],
    says: '--open, --passphrase-stdin, --passphrase-file: expected one of them, got several',
  },
  {
    argv: ['guest', 'connect', 'x'],
    says: 'no passphrase. Give it with --passphrase-stdin or --passphrase-file FILE, or --open for a network without one.',
  },
  {
    argv: ['guest', 'connect', 'x', '--passphrase-file', '/nowhere'],
    says: '/nowhere: cannot be read: no such file. Check the path (ENOENT).',
  },
  {
    argv: ['guest', 'connect', 'x', '--passphrase', 'hunter2hunter2'],
    says: "unknown option '--passphrase'",
    hint: true,
  },
  {
    argv: ['guest', 'connect', 'x', 'hunter2hunter2'],
    says: 'expected the SSID alone. A passphrase is asked for, or read with --passphrase-stdin or --passphrase-file.',
    hint: true,
  },
  {
    argv: ['guest', 'connect', '', '--open'],
    says: 'SSID: expected the name of a network, got an empty one',
  },
  {
    argv: ['guest', 'disconnect', '0'],
    says: 'SESSION: expected the number that connect has printed, got "0"',
  },
  { argv: ['guest', 'disconnect'], says: "missing required argument 'session'", hint: true },
  {
    argv: ['guest', 'disconnect', 'first'],
    says: 'SESSION: expected the number that connect has printed, got "first"',
  },
  {
    argv: ['guest', 'disconnect', '-1'],
    says: 'SESSION: expected the number that connect has printed, got "-1"',
  },
  { argv: ['replay'], says: "missing required argument 'file'", hint: true },
  {
    argv: ['replay', '/nowhere.ndjson'],
    says: '/nowhere.ndjson: cannot be read: no such file. Check the path (ENOENT).',
  },
  {
    argv: ['doctor', '--request-port', '1.5'],
    says: '--request-port: expected a whole number from 1 to 65535, found "1.5"',
  },
  {
    argv: ['register', '--port', '70000'],
    says: '--port: expected a whole number from 1 to 65535, found "70000"',
  },
  { argv: ['register', '12345'], says: 'unexpected argument "12345": expected no argument', hint: true },
  { argv: ['demo', 'me'], says: 'unexpected argument "me": expected no argument', hint: true },
  { argv: ['viz', '--inspect', 'x'], says: '--inspect: expected a port from 0 (any) to 65535, found "x"' },
  {
    argv: ['serve', '--config', 'FILE'],
    file: '{"a": 1,}',
    says: 'FILE: line 1, column 9: expected valid JSON, found something else',
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: '{"backlog": 1, "backlog": 2}',
    says: 'FILE: line 1, column 16: expected each field of an object once, found "backlog" again',
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: [],
    says: 'FILE: expected a configuration, found an empty list',
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: { listen: [] },
    says: `FILE: listen: expected one of the fields ${fieldsOfConfig}, found an unknown field`,
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: { requestPort: 'x' },
    says: 'FILE: requestPort: expected a whole number from 0 to 65535, found "x"',
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: { endpoints: ['tcp://127.0.0.1', 'x'] },
    says: 'FILE: endpoints[1]: expected an endpoint URL such as tcp://127.0.0.1, unix:///run/vm1.vsock, vsock://3 or hvsocket://<vm id>, found "x"',
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: { endpoints: ['tcp://127.0.0.1', 'tcp://127.0.0.1'] },
    says: 'FILE: endpoints[1]: expected each endpoint once, found "tcp://127.0.0.1"',
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: { endpoints: ['tcp://0.0.0.0'] },
    says: 'FILE: endpoints[0]: expected a list of who may connect (allow, --allow) beside an address that everybody reaches; "any" on it is everybody, found "tcp://0.0.0.0"',
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: { allow: [7] },
    says: 'FILE: allow[0]: expected a guest such as tcp://127.0.1.7, unix:///run/vm1.vsock, vsock://3 or hvsocket://<vm id>, or any, found 7',
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: { allow: ['tcp://127.0.0.1', 'vsock://3'] },
    says: 'FILE: allow[1]: expected a guest that one of the endpoints can let in, found "vsock://3"',
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: { guests: { 'vsock://3': { driver: 'old' } } },
    says: 'FILE: guests["vsock://3"].driver: expected one of "with-scan-complete", "without-scan-complete", found "old"',
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: { guests: { 'vsock://3': { drivr: 'with-scan-complete' } } },
    says: 'FILE: guests["vsock://3"].drivr: expected one of the fields "driver", found an unknown field',
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: { guests: { nobody: {} } },
    says: 'FILE: guests.nobody: expected a guest such as tcp://127.0.1.7, unix:///run/vm1.vsock, vsock://3 or hvsocket://<vm id>, found "nobody"',
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: { logLevel: 'loud' },
    says: 'FILE: logLevel: expected one of "silent", "error", "warn", "info", "debug", "trace", found "loud"',
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: { metrics: 'x:y' },
    says: 'FILE: metrics: expected true, false or PORT, ADDRESS:PORT or [IPV6]:PORT, such as 127.0.0.1:9464, found "x:y"',
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: { inspect: -1 },
    says: 'FILE: inspect: expected true, false or a port from 0 (any) to 65535, found -1',
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: { metrics: '9464', inspect: 9464 },
    says: 'FILE: inspect: expected another port than that of the metrics, found 9464',
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: { radio: 'none', scenario: 'x' },
    says: 'FILE: expected at most one of "radio", "scenario", found "radio", "scenario"',
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: { networks: 'x', fakeNetworks: [] },
    says: 'FILE: expected at most one of "fakeNetworks", "networks", found "fakeNetworks", "networks"',
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: { record: 'a\u0000b' },
    says: 'FILE: record: expected the path of a file, found "a\\u0000b"',
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: { scanInterval: '5s' },
    says: 'FILE: scanInterval: expected a whole number from 0 to 3600000 (ms), found "5s"',
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: { fakeNetworks: [{ ssid: 'Lab', bssid: 'x' }] },
    says: 'FILE: fakeNetworks[0].bssid: expected a BSSID like 02:00:00:00:00:01 (not all zero, second digit even), found "x"',
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: {
      fakeNetworks: [
        { ssid: 'Lab', bssid: '02:00:00:00:00:01' },
        { ssid: 'Lab', bssid: '02:00:00:00:00:01' },
      ],
    },
    says: 'FILE: fakeNetworks[1].bssid: expected a BSSID of its own, found "02:00:00:00:00:01"',
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: {
      radio: {
        scenario: {
          interfaces: [{ name: 'wlan0' }],
          networks: [
            {
              ssid: 'Cafe',
              security: 'wpa2-psk',
              secret: 'fish and chips',
              accessPoints: [{ bssid: '02:00:00:00:00:01', channel: 6, signal: 'strong' }],
            },
          ],
        },
      },
    },
    says: 'FILE: radio.scenario: networks[0].accessPoints[0].signal: expected a whole number from -128 to 0 (dBm), found "strong"',
  },
  {
    argv: ['serve', '--config', 'FILE'],
    file: { radio: { scenario: {}, seed: 1 } },
    says: 'FILE: radio: expected one of "host", "wpa_supplicant", "networkmanager", "simulated", "none", { scenario } or a radio back end, found an object',
  },
  {
    argv: ['serve', '--config', 'FILE', '--listen', 'tcp://127.0.0.1'],
    file: { endpoints: ['vsock://any'], allow: ['vsock://3'] },
    says: 'FILE: allow[0]: expected a guest that one of the endpoints can let in, found "vsock://3"',
  },
  {
    argv: ['serve', '--scenario', 'FILE'],
    file: {
      interfaces: [{ name: 'wlan0' }],
      networks: [
        {
          ssid: 'Cafe',
          security: 'wpa2-psk',
          secret: 'fish and chips',
          accessPoints: [{ bssid: '02:00:00:00:00:01', channel: 6, signal: 3 }],
        },
      ],
    },
    says: 'FILE: networks[0].accessPoints[0].signal: expected a whole number from -128 to 0 (dBm), found 3',
  },
  {
    argv: ['serve', '--scenario', 'FILE'],
    file: { interfaces: [], networks: [] },
    says: 'FILE: interfaces: expected a list of at least 1, found an empty list',
  },
  {
    argv: ['serve', '--scenario', 'FILE'],
    file: '{',
    says: 'FILE: line 1, column 2: expected valid JSON, found the end of the text',
  },
  {
    argv: ['serve', '--scenario', 'FILE'],
    file: {
      interfaces: [{ name: 'wlan0' }],
      networks: [
        {
          ssid: 'Cafe',
          security: 'wpa2-psk',
          secret: 'fish and chips',
          accessPoints: [{ bssid: '03:00:00:00:00:01', channel: 6, signal: -50 }],
        },
      ],
    },
    says: 'FILE: networks[0].accessPoints[0].bssid: expected a BSSID like 02:00:00:00:00:01 (not all zero, second digit even), found "03:00:00:00:00:01"',
  },
  {
    argv: ['serve', '--scenario', 'FILE'],
    file: {
      interfaces: [{ name: 'wlan0' }],
      networks: [
        {
          ssid: 'Cafe',
          security: 'wpa2-psk',
          secret: 'fish and chips',
          accessPoints: [{ bssid: '02:00:00:00:00:01', signal: -50, frequency: 5241 }],
        },
      ],
    },
    says: 'FILE: networks[0].accessPoints[0].frequency: expected the centre of a 20 MHz channel in MHz, such as 5240, found 5241',
  },
  {
    argv: ['serve', '--scenario', 'FILE'],
    file: {
      interfaces: [{ name: 'wlan0' }],
      networks: [
        {
          ssid: 'Cafe',
          security: 'wpa2-psk',
          secret: 'fish and chips',
          accessPoints: [{ bssid: '02:00:00:00:00:01', channel: 6, signal: -50, elements: '0005416e646572' }],
        },
      ],
    },
    says: 'FILE: networks[0].accessPoints[0].elements: expected elements with the SSID "Cafe", found the SSID "Ander"',
  },
  {
    argv: ['serve', '--scenario', 'FILE'],
    file: {
      interfaces: [{ name: 'wlan\u0000' }],
      networks: [
        {
          ssid: 'Cafe',
          security: 'wpa2-psk',
          secret: 'fish and chips',
          accessPoints: [{ bssid: '02:00:00:00:00:01', channel: 6, signal: -50 }],
        },
      ],
    },
    says: 'FILE: interfaces[0].name: expected a name of 1 to 64 printable characters, found "wlan\\u0000"',
  },
  {
    argv: ['serve', '--scenario', 'FILE'],
    file: {
      interfaces: [{ name: 'wlan0' }],
      networks: [
        {
          ssid: 'Cafe',
          security: 'wpa2-psk',
          secret: 'short',
          accessPoints: [{ bssid: '02:00:00:00:00:01', channel: 6, signal: -50 }],
        },
      ],
    },
    says: 'FILE: networks[0].secret: expected a passphrase of 8 to 63 printable ASCII characters, or 64 hex digits, found [secret]',
  },
  {
    argv: ['serve', '--scenario', 'FILE'],
    file: {
      interfaces: [{ name: 'wlan0' }],
      networks: [
        {
          ssid: 'Cafe',
          security: 'wpa2-psk',
          secret: 'fish and chips',
          accessPoints: [{ bssid: '02:00:00:00:00:01', channel: 6, signal: -50, chanel: 6 }],
        },
      ],
    },
    says: 'FILE: networks[0].accessPoints[0].chanel: expected one of the fields "bssid", "channel", "band", "frequency", "signal", "beaconInterval", "elements", "seenBy", "present", found an unknown field',
  },
  {
    argv: ['serve', '--scenario', 'FILE'],
    file: '{"interfaces": [{"name": "wlan0", "name": "wlan1"}], "networks": []}',
    says: 'FILE: line 1, column 35: expected each field of an object once, found "name" again',
  },
  {
    argv: ['serve', '--networks', 'FILE'],
    file: {},
    says: 'FILE: expected a list of fake networks, found an object',
  },
  {
    argv: ['serve', '--networks', 'FILE'],
    file: [{ ssid: 'Lab', bssid: 'x' }],
    says: 'FILE: [0].bssid: expected a BSSID like 02:00:00:00:00:01 (not all zero, second digit even), found "x"',
  },
  {
    argv: ['serve', '--networks', 'FILE'],
    file: '[',
    says: 'FILE: line 1, column 2: expected valid JSON, found the end of the text',
  },
  {
    argv: ['serve', '--networks', 'FILE'],
    file: [
      { ssid: 'Lab', bssid: '02:00:00:00:00:01' },
      { ssid: 'Lab', bssid: '02:00:00:00:00:01' },
    ],
    says: 'FILE: [1].bssid: expected a BSSID of its own, found "02:00:00:00:00:01"',
  },
  {
    argv: ['serve', '--networks', 'FILE'],
    file: [{ ssid: 'Lab', bssid: '01:00:5e:00:00:01' }],
    says: 'FILE: [0].bssid: expected a BSSID like 02:00:00:00:00:01 (not all zero, second digit even), found "01:00:5e:00:00:01"',
  },
  {
    argv: ['serve', '--networks', 'FILE'],
    file: [{ ssid: 'Lab', bssid: '02:00:00:00:00:01', frequency: 5241000 }],
    says: 'FILE: [0].frequency: expected the centre of a 20 MHz channel in kHz, such as 5240000, found 5241000',
  },
  {
    argv: ['serve', '--networks', 'FILE'],
    file: [{ ssid: 'Lab', bssid: '02:00:00:00:00:01', elements: '00034f6e65' }],
    says: 'FILE: [0].elements: expected elements with the SSID "Lab", found the SSID "One"',
  },
  {
    argv: ['serve', '--networks', 'FILE'],
    file: [{ ssid: 'L\u0000b', bssid: '02:00:00:00:00:01' }],
    says: 'FILE: [0].ssid: expected an SSID of 1 to 32 bytes of UTF-8 without NUL, found "L\\u0000b"',
  },
  {
    argv: ['replay', 'FILE'],
    file: '{"note": "x"}\n{',
    says: 'FILE: line 2: expected one JSON object a line',
  },
  {
    argv: ['replay', 'FILE'],
    file: '{"channel":"request","from":"guest","hex":"012"}',
    says: 'FILE: line 1: hex: expected a frame in hex, found "012"',
  },
  {
    argv: ['replay', 'FILE'],
    file: '{"channel":"request","from":"somebody","hex":"01"}',
    says: 'FILE: line 1: from: expected one of "guest", "host", found "somebody"',
  },
  { argv: ['replay', 'FILE'], file: '{"note": "x"}', says: 'FILE: no request of a guest in it' },
  {
    argv: ['replay', 'FILE'],
    file: '{"channel":"request","from":"guest","guest":"vsock://3","hex":"01"}\n{"channel":"request","from":"guest","guest":"vsock://4","hex":"01"}',
    says: 'FILE: several guests: choose one with --guest: vsock://3, vsock://4',
  },
  {
    argv: ['replay', 'FILE', '--guest', 'vsock://5'],
    file: '{"channel":"request","from":"guest","guest":"vsock://3","hex":"01"}',
    says: 'FILE: no guest "vsock://5": there is vsock://3',
  },
];

describe('the command line, used wrongly', () => {
  let folder: Awaited<ReturnType<typeof newFolder>>;
  before(async () => {
    folder = await newFolder();
  });
  after(() => folder.remove());

  for (const { argv, file, says, hint: hinted = false } of wrongUses) {
    const content = typeof file === 'string' ? file : JSON.stringify(file);
    it(`says so and ends with exit code 2: ${argv.join(' ')} ${content ?? ''}`.trim(), async () => {
      const path = folder.path('file');
      if (content !== undefined) await writeFile(path, content);
      const { code, out, err } = await ran(argv.map((text) => (text === 'FILE' ? path : text)));
      const lines = [says].flat().map((line) => (line.startsWith('(') ? line : `error: ${line}`));
      expect(err.replaceAll(path, 'FILE').split('\n')).to.deep.equal([...lines, ...(hinted ? [hint] : [])]);
      expect([code, out]).to.deep.equal([2, '']);
    });
  }
});
