/** The whole product: the service on the test machine, the guest in QEMU, over TCP through QEMU's user network. */
import { twoMachines } from './inside/arrangements.js';
import { product } from './product.js';

product(twoMachines, 'the service on the test machine, the guest in QEMU, over TCP');
