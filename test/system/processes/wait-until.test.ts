import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { after } from '../../../src/system/processes/wait-until.ts';

const hour = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test.each([1, 596, 597, 600, 5000])('%d hours are as long as they should be', (hours) => {
  const act = vi.fn();
  after(hours * hour, act);
  vi.advanceTimersByTime(hours * hour - 1);
  expect(act).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(act).toHaveBeenCalledOnce();
});

test('what was called off does not come, also after the first of its timers', () => {
  const act = vi.fn();
  const cancel = after(2000 * hour, act);
  vi.advanceTimersByTime(1500 * hour);
  cancel();
  vi.advanceTimersByTime(5000 * hour);
  expect(act).not.toHaveBeenCalled();
});
