import { dockerBackend } from '../../../src/cluster/docker/docker-backend.ts';
import { backendContract } from '../backend-contract.ts';
import { describeDocker, leftovers } from './docker-tests.ts';

describeDocker('the contract of backends', () => backendContract({ backend: dockerBackend, leftovers }));
