import { SegmentedControl } from '@mantine/core';

/** How far back to look, as the API takes it, with its words. */
export const RANGES = [
  { value: '1h', label: '1 h', words: 'the last hour' },
  { value: '24h', label: '24 h', words: 'the last 24 hours' },
  { value: '7d', label: '7 d', words: 'the last 7 days' },
  { value: '30d', label: '30 d', words: 'the last 30 days' },
];

/** A range in words: `the last 24 hours`; undefined for one that is not on offer. */
export function rangeWords(value: string): string | undefined {
  return RANGES.find((range) => range.value === value)?.words;
}

/** Chooses how far back to look. A value that is not on offer leaves all of them open. */
export function RangePicker({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <SegmentedControl
      size="xs"
      aria-label="Time"
      data={RANGES.map(({ value: range, label }) => ({ value: range, label }))}
      value={rangeWords(value) ? value : ''}
      onChange={onChange}
    />
  );
}
