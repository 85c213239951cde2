/**
 * `proxy-wifi/settings`: the settings as data, for programs that have flags and a configuration file of their own. Each row
 * says what a setting takes, its default, its flag and what it is; `docs/configuration.md` is made of them.
 */
export { settingsTable } from './actors/application/settings-table.js';
export { decodeFakeNetworks, fakeNetworkList } from './native/fake/fake-network.js';
