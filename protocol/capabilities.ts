/** Bits of the capability information field of a beacon (IEEE 802.11-2020, 9.4.1.4). */
export const Capability = {
  /** Bit 0: an access point of an infrastructure network. */
  ess: 1 << 0,
  /** Bit 4: data frames are encrypted, by WEP unless an RSN or WPA element says how. */
  privacy: 1 << 4,
} as const;
