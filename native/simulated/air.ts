/** What is on the air: access points that come, go and fade, and how strong each one is heard. */
import type { Bss } from '../../protocol/bss.js';
import { bssidBytes } from '../../protocol/bssid.js';
import type { InterfaceId } from '../radio.js';
import { draw } from './random.js';
import type { ScenarioAccessPoint, ScenarioNetwork, SignalJitter, Target } from './scenario.js';
import type { Cancel, Schedule } from './schedule.js';

/** dBm: what is weaker is out of range; about the sensitivity of real radios at their lowest rate. */
const weakest = -95;

/** Milliseconds: a fade takes no more steps than that. */
const shortestFadeStep = 100;

const nothing: Cancel = () => undefined;

/** One access point as it is at the moment. */
export class OnAir {
  readonly network: ScenarioNetwork;
  readonly accessPoint: ScenarioAccessPoint;
  /** What a scan would report. Another object whenever the signal is another one. */
  bss: Bss;
  present: boolean;
  /** dBm, before jitter. */
  signal: number;
  stopFading: Cancel = nothing;

  constructor(network: ScenarioNetwork, accessPoint: ScenarioAccessPoint) {
    const { bssid, capabilities, signal, beaconInterval, frequency, elements, present } = accessPoint;
    this.network = network;
    this.accessPoint = accessPoint;
    this.bss = {
      bssid,
      ssid: network.ssid,
      capabilities,
      rssi: signal,
      beaconInterval,
      frequency,
      elements,
    };
    this.present = present;
    this.signal = signal;
  }

  /** Can this interface hear it? */
  heardBy(id: InterfaceId): boolean {
    const { seenBy } = this.accessPoint;
    return this.present && this.signal >= weakest && (seenBy === 'all' || seenBy.has(id));
  }
}

/** What an air is made of. */
export interface AirOptions {
  readonly networks: readonly ScenarioNetwork[];
  readonly jitter: SignalJitter | undefined;
  readonly seed: number;
  readonly schedule: Schedule;
  /** Told after an access point has come, gone or changed its signal. */
  readonly changed: (onAir: OnAir, rssiChanged: boolean) => void;
}

/** All access points, those that are silent at the moment included. */
export class Air {
  readonly #options: AirOptions;
  readonly #all: OnAir[] = [];
  #version = 0;
  #jitterTick = 0;

  constructor(options: AirOptions) {
    this.#options = options;
    for (const network of options.networks) this.add(network);
  }

  /** Another number whenever anything has changed. */
  get version(): number {
    return this.#version;
  }

  /** In the order of the scenario. */
  get accessPoints(): readonly OnAir[] {
    return this.#all;
  }

  add(network: ScenarioNetwork): void {
    for (const accessPoint of network.accessPoints) {
      const onAir = new OnAir(network, accessPoint);
      this.#all.push(onAir);
      this.#update(onAir, true);
    }
  }

  /** With the signal that the scenario gives it. */
  appear(target: Target): void {
    for (const onAir of this.#meant(target)) {
      onAir.stopFading();
      onAir.present = true;
      onAir.signal = onAir.accessPoint.signal;
      this.#update(onAir, true);
    }
  }

  vanish(target: Target): void {
    for (const onAir of this.#meant(target)) {
      onAir.stopFading();
      onAir.present = false;
      this.#update(onAir, true);
    }
  }

  /** To `to` dBm within `over` milliseconds, by whole dB. */
  fade(target: Target, to: number, over: number): void {
    for (const onAir of this.#meant(target)) {
      onAir.stopFading();
      const from = onAir.signal;
      const steps = Math.min(Math.abs(to - from), Math.floor(over / shortestFadeStep));
      if (steps === 0) this.#setSignal(onAir, to);
      else this.#fadeStep(onAir, { from, to, over, steps }, 1);
    }
  }

  /** Lets signals wander from now on. */
  startJitter(): void {
    const { jitter, schedule } = this.#options;
    if (jitter === undefined) return;
    const start = schedule.now();
    const tick = (): void => {
      // Ticks that nobody watched are left out.
      this.#jitterTick = Math.max(0, Math.floor((schedule.clockTime() - start) / jitter.every));
      for (const onAir of this.#all) this.#update(onAir, false);
      schedule.in(start + (this.#jitterTick + 1) * jitter.every - schedule.now(), tick);
    };
    tick();
  }

  #meant(target: Target): readonly OnAir[] {
    const meant = this.#all.filter(({ bss }) =>
      target.kind === 'ssid' ? bss.ssid === target.ssid : bss.bssid === target.bssid,
    );
    if (meant.length === 0) throw new Error(`the scenario has no ${JSON.stringify(target)}`);
    return meant;
  }

  #fadeStep(
    onAir: OnAir,
    fade: { readonly from: number; readonly to: number; readonly over: number; readonly steps: number },
    step: number,
  ): void {
    const { from, to, over, steps } = fade;
    onAir.stopFading = this.#options.schedule.in(over / steps, () => {
      if (step < steps) this.#fadeStep(onAir, fade, step + 1);
      else onAir.stopFading = nothing;
      this.#setSignal(onAir, Math.round(from + ((to - from) * step) / steps));
    });
  }

  #setSignal(onAir: OnAir, signal: number): void {
    onAir.signal = signal;
    this.#update(onAir, false);
  }

  /** `always`: something else than the signal that a scan reports has changed as well. */
  #update(onAir: OnAir, always: boolean): void {
    const rssi = this.#rssi(onAir);
    const changed = rssi !== onAir.bss.rssi;
    if (!changed && !always) return;
    if (changed) onAir.bss = { ...onAir.bss, rssi };
    this.#version++;
    this.#options.changed(onAir, changed);
  }

  #rssi({ signal, bss }: OnAir): number {
    const { jitter, seed } = this.#options;
    if (jitter === undefined || signal < weakest) return signal;
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = bssidBytes(bss.bssid);
    const key = (c << 24) | (d << 16) | (e << 8) | f;
    const drawn = draw(seed, (a << 8) | b, key, this.#jitterTick);
    const wandered = signal - jitter.dB + Math.floor(drawn * (2 * jitter.dB + 1));
    return Math.min(0, Math.max(weakest, wandered));
  }
}
