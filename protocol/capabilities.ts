/** Bits of the capability information field of a beacon (IEEE 802.11-2020, 9.4.1.4). */
export const Capability = {
  /** Bit 0: an access point of an infrastructure network. */
  ess: 1 << 0,
  /** Bit 4: data frames are encrypted, by WEP unless an RSN or WPA element says how. */
  privacy: 1 << 4,
} as const;

/** For people: `ESS, privacy`, `ESS, 0x0400`, `none`. */
export const capabilitiesText = (capabilities: number): string => {
  const others = capabilities & ~(Capability.ess | Capability.privacy);
  return (
    [
      ...(capabilities & Capability.ess ? ['ESS'] : []),
      ...(capabilities & Capability.privacy ? ['privacy'] : []),
      ...(others === 0 ? [] : [`0x${others.toString(16).padStart(4, '0')}`]),
    ].join(', ') || 'none'
  );
};
