/** The seven bytes before each body, for what the project's own encoder would refuse to write. */
export const writeHeader = (operation: number, size: number, version = 1): Buffer => {
  const header = Buffer.alloc(7);
  header.writeUInt8(operation, 0);
  header.writeUInt32LE(size, 1);
  header.writeUInt16LE(version, 5);
  return header;
};
