import { processesMentioning } from '../support/spark-processes.ts';
import { connectContract } from './connect-contract.ts';

connectContract({ backend: 'local', leftovers: async (project) => processesMentioning(project) });
