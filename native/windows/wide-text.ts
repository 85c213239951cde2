/** Windows' UTF-16 text. */

/** A string with its NUL, as `LPCWSTR` wants it. */
export const encodeWideText = (text: string): Uint8Array => {
  const bytes = new Uint8Array(2 * (text.length + 1));
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), true);
  return bytes;
};

/** The text up to the first NUL, or to the end of the bytes. */
export const decodeWideText = (bytes: Uint8Array): string => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    const unit = view.getUint16(at, true);
    if (unit === 0) break;
    text += String.fromCharCode(unit);
  }
  return text;
};
