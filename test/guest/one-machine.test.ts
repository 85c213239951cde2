/** Everything in one machine: service and driver over vsock, a simulated radio. */
import { mine } from './inside/amounts.js';
import { inMachine } from './inside/arrangements.js';
import { product } from './product.js';

product(inMachine, 'service and guest in one machine, over vsock', mine([0, 1]).includes(0));
