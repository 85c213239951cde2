/** A virtual machine and a vsock port whose address the probe builds with the header's own names. */
export const sampleVm = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';
export const samplePort = 0xabc12345;
