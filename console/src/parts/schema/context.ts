import { createContext, use } from 'react';
import type { Fault } from '@/api/problem';
import { type JsonSchema, labelOf, plain } from './schema';

/** What every field of a form knows. */
export interface FormContext {
  root: JsonSchema;
  /** Faults by pointers relative to the form's value, without `#`. */
  faults: Fault[];
  /** Names to choose from by pointer, with `[]` for any place of a list: `/targets/[]/provider`. */
  suggest: Record<string, string[]>;
  /** Labels in the place of those that the names of properties make, by pointers as those of `suggest`. */
  labels: Record<string, string>;
  /** Pointers at which what the schema says of a property would only say its label again. */
  terse: string[];
}

export const FormContext = createContext<FormContext>({
  root: {},
  faults: [],
  suggest: {},
  labels: {},
  terse: [],
});

/** What is wrong exactly here, in words. */
export function useFault(pointer: string): string | undefined {
  const { faults } = use(FormContext);
  const here = faults.filter((fault) => plain(fault.pointer ?? '') === pointer).map(({ detail }) => detail);
  return here.length > 0 ? here.join(' ') : undefined;
}

/** The names to choose from at a pointer. */
export function useSuggestions(pointer: string): string[] | undefined {
  return at(use(FormContext).suggest, pointer);
}

/** The label of a property at a pointer. */
export function useLabel(pointer: string, name: string, schema: JsonSchema): string {
  return at(use(FormContext).labels, pointer) ?? labelOf(name, schema);
}

/** What is said for a pointer, or for any place of the lists on its way. */
function at<T>(said: Record<string, T>, pointer: string): T | undefined {
  return said[pointer] ?? said[plainPlace(pointer)];
}

/** A pointer with `[]` for any place of a list. */
export function plainPlace(pointer: string): string {
  return pointer.replace(/\/\d+(?=\/|$)/g, '/[]');
}

/** What the schema says of a property, unless its label has said it. */
export function useHelp(pointer: string, schema: JsonSchema): string | undefined {
  const { terse } = use(FormContext);
  return terse.includes(plainPlace(pointer)) ? undefined : schema.description;
}
