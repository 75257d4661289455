import { describe, expect, it } from 'vitest';
import type { Schemas } from '@/api/client';
import { toCsv, toJsonLines } from './exported';

const call: Schemas['CallSummary'] = {
  id: 'call_1',
  at: '2026-11-25T10:00:00Z',
  key: 'web-1',
  model: '=cmd("x"),',
  status: 402,
  ending: 'refused',
  reason: 'budget_exceeded',
  stream: true,
  tokens: 12,
  cost: '0.000000001',
  first_byte: 1,
  duration: 2,
};

describe('the file of calls', () => {
  it('is CSV that no spreadsheet takes for formulas', () => {
    expect(toCsv([call]).split('\r\n')).toEqual([
      'id,at,team,application,key,model,provider,status,ending,reason,stream,tokens,cost,first_byte,duration',
      `call_1,2026-11-25T10:00:00Z,,,web-1,"'=cmd(""x""),",,402,refused,budget_exceeded,true,12,0.000000001,1,2`,
      '',
    ]);
  });

  it('or a JSON object per line, amounts as they were', () => {
    const lines = toJsonLines([call, call]).split('\n');
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[0] ?? '')).toEqual(call);
  });
});
