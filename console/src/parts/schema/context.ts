import { createContext, use } from 'react';
import type { Fault } from '@/api/problem';
import { type JsonSchema, plain } from './schema';

/** What every field of a form knows. */
export interface FormContext {
  root: JsonSchema;
  /** Faults by pointers relative to the form's value, without `#`. */
  faults: Fault[];
  /** Names to choose from by pointer, with `[]` for any place of a list: `/targets/[]/provider`. */
  suggest: Record<string, string[]>;
}

export const FormContext = createContext<FormContext>({ root: {}, faults: [], suggest: {} });

/** What is wrong exactly here, in words. */
export function useFault(pointer: string): string | undefined {
  const { faults } = use(FormContext);
  const here = faults.filter((fault) => plain(fault.pointer ?? '') === pointer).map(({ detail }) => detail);
  return here.length > 0 ? here.join(' ') : undefined;
}

/** The names to choose from at a pointer. */
export function useSuggestions(pointer: string): string[] | undefined {
  const { suggest } = use(FormContext);
  return suggest[pointer] ?? suggest[pointer.replace(/\/\d+(?=\/|$)/g, '/[]')];
}
