import { connectContract } from '../connect-contract.ts';
import { describeDocker, leftovers } from './docker-tests.ts';

describeDocker('Spark Connect', () => connectContract({ backend: 'docker', leftovers }));
