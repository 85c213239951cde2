/** What makes proxy-wifi a service of a Linux machine with systemd: each file with its text, and what is typed around them. */

/** Where the service is, and how it is called. */
export interface Installed {
  /** The absolute path of Node. */
  readonly node: string;
  /** The absolute path of the command line's module. */
  readonly main: string;
  /** The configuration file. */
  readonly config: string;
}

export interface InstalledFile {
  readonly path: string;
  readonly text: string;
}

export const serviceName = 'proxy-wifi';

/** In each file that is ours: another one, and the configuration, which people change, is left as it is by `install` and by `uninstall`. */
export const mark = 'Written by proxy-wifi install';

/** The words of a command line as systemd takes them (systemd.service(5), COMMAND LINES). */
const quoted = (word: string): string =>
  /^[\w/.:+-]+$/.test(word)
    ? word
    : `"${word.replace(/["\\]/g, '\\$&').replace(/%/g, '%%').replace(/\$/g, '$$$$')}"`;

/** What none of our units may do; each says beside it what it may (systemd.exec(5)). */
const sandbox = `NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
ProtectProc=invisible
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
PrivateDevices=yes
PrivateMounts=yes
PrivateTmp=yes
RemoveIPC=yes
KeyringMode=private
LockPersonality=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
UMask=0077
Environment=NODE_ENV=production
# JavaScript is compiled while it runs: memory has to be made executable.
MemoryDenyWriteExecute=no`;

const unit = ({
  node,
  main,
  config,
}: Installed): string => `# ${mark}. Changes belong into a drop-in: systemctl edit ${serviceName}
[Unit]
Description=Wi-Fi for virtual machines
Documentation=man:proxy-wifi(1)
After=dbus.service wpa_supplicant.service NetworkManager.service
# Whoever has the host's Wi-Fi read its settings again wants ours read again, too.
ReloadPropagatedFrom=wpa_supplicant.service NetworkManager.service

[Service]
Type=notify
NotifyAccess=main
ExecStart=${[node, main, 'serve', '--config', config, '--control', '--log-json', '--no-unsave'].map(quoted).join(' ')}
# A shell has kill of its own: /bin/kill is not on every machine.
ExecReload=/bin/sh -c 'kill -HUP $MAINPID'
WatchdogSec=30
Restart=on-failure
RestartSec=1
TimeoutStopSec=15
# serve says by which signal it has ended.
SuccessExitStatus=130 143
User=${serviceName}
Group=${serviceName}
RuntimeDirectory=${serviceName}
RuntimeDirectoryMode=0755
StateDirectory=${serviceName}
StateDirectoryMode=0700
CacheDirectory=${serviceName}
CacheDirectoryMode=0700
ConfigurationDirectory=${serviceName}
WorkingDirectory=/var/lib/${serviceName}

# It listens to guests and talks to the host's Wi-Fi over D-Bus. It needs no capability, and nothing else of the machine.
CapabilityBoundingSet=
AmbientCapabilities=
PrivateUsers=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_VSOCK
# Guests over TCP on another network of this machine: IPAddressAllow=192.168.122.0/24 in a drop-in.
IPAddressDeny=any
IPAddressAllow=localhost
${sandbox}
# Its sockets get the group of their folder; without a capability it can give files to no group but its own.
SystemCallFilter=@chown

[Install]
WantedBy=multi-user.target
`;

/**
 * What somebody saves of guests' networks in wpa_supplicant's files is taken out by a unit of its own: it may write there, and has
 * neither guests nor a network.
 */
const unsaveUnit = ({ node, main }: Installed): string => `# ${mark}
[Unit]
Description=Keeps guests' networks out of wpa_supplicant's configuration
Documentation=man:proxy-wifi(1)
# However often somebody saves: each time.
StartLimitIntervalSec=0

[Service]
Type=oneshot
TimeoutStartSec=60
ExecStart=${[node, main, 'unsave'].map(quoted).join(' ')}
# A file stays its owner's, whoever that is.
CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER
ReadWritePaths=-/etc/wpa_supplicant
PrivateNetwork=yes
RestrictAddressFamilies=none
${sandbox}
SystemCallFilter=@chown
`;

/** wpa_supplicant puts a new file in the place of the old one: the folder is watched (systemd.path(5)). */
const unsavePath = `# ${mark}
[Unit]
Description=Looks after wpa_supplicant's configuration
Documentation=man:proxy-wifi(1)

[Path]
PathChanged=/etc/wpa_supplicant
Unit=${serviceName}-unsave.service

[Install]
WantedBy=multi-user.target
`;

/** Sees and changes the host's Wi-Fi, and nothing else on the bus (dbus-daemon(1)). */
const busPolicy = `<?xml version="1.0"?>
<!-- ${mark} -->
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <policy user="${serviceName}">
    <allow send_destination="fi.w1.wpa_supplicant1"/>
    <allow receive_sender="fi.w1.wpa_supplicant1" receive_type="signal"/>
    <allow send_destination="org.freedesktop.NetworkManager"/>
  </policy>
</busconfig>
`;

/** What NetworkManager asks polkit about (polkit(8)). */
const polkitRules = `// ${mark}
polkit.addRule(function (action, subject) {
  var mine = [
    'org.freedesktop.NetworkManager.network-control',
    'org.freedesktop.NetworkManager.wifi.scan',
    'org.freedesktop.NetworkManager.settings.modify.system',
  ];
  if (subject.user === '${serviceName}' && mine.indexOf(action.id) >= 0) return polkit.Result.YES;
});
`;

const unitFile = `/etc/systemd/system/${serviceName}.service`;
const usersFile = `/etc/sysusers.d/${serviceName}.conf`;

/** Everything that is written. */
export const linuxFiles = (installed: Installed): readonly InstalledFile[] => [
  {
    path: installed.config,
    text: `${JSON.stringify({ endpoints: ['tcp://127.0.0.1'], radio: 'host' }, null, 2)}\n`,
  },
  { path: unitFile, text: unit(installed) },
  { path: `/etc/systemd/system/${serviceName}-unsave.service`, text: unsaveUnit(installed) },
  { path: `/etc/systemd/system/${serviceName}-unsave.path`, text: unsavePath },
  {
    path: usersFile,
    text: `# ${mark}\nu ${serviceName} - "Wi-Fi for virtual machines" /var/lib/${serviceName}\n`,
  },
  { path: `/etc/dbus-1/system.d/${serviceName}.conf`, text: busPolicy },
  { path: `/etc/polkit-1/rules.d/50-${serviceName}.rules`, text: polkitRules },
];

/** One command, and whether the rest goes on without it. */
export interface InstallCommand {
  readonly argv: readonly string[];
  readonly optional?: true;
}

const reloadBus: InstallCommand = { argv: ['systemctl', 'reload', 'dbus.service'], optional: true };

/** What is typed once the files are there. */
export const installCommands: readonly InstallCommand[] = [
  { argv: ['systemd-sysusers', usersFile] },
  reloadBus,
  { argv: ['systemctl', 'daemon-reload'] },
  { argv: ['systemctl', 'enable', '--now', `${serviceName}-unsave.path`] },
  { argv: ['systemctl', 'enable', '--now', `${serviceName}.service`] },
];

/** What is typed before the files go. */
export const uninstallCommands: readonly InstallCommand[] = [
  { argv: ['systemctl', 'disable', '--now', `${serviceName}.service`], optional: true },
  { argv: ['systemctl', 'disable', '--now', `${serviceName}-unsave.path`], optional: true },
];

/** What is typed once they are gone. */
export const afterUninstall: readonly InstallCommand[] = [
  { argv: ['systemctl', 'daemon-reload'] },
  reloadBus,
];
