import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useReducer, useState } from 'react';
import { converse, left, type Turn } from './conversation';

const KEY = ['playground', 'said'];

interface Said {
  system: string;
  draft: string;
  turns: Turn[];
}

/**
 * What was said and is about to be said. It outlives the page, so that one can look at a call and come back: it
 * stands with what was loaded from the API, and goes with it when somebody signs out.
 */
export function useSaid() {
  const queries = useQueryClient();
  const [before] = useState(() => queries.getQueryData<Said>(KEY));
  const [system, setSystem] = useState(before?.system ?? '');
  const [draft, setDraft] = useState(before?.draft ?? '');
  const [turns, step] = useReducer(converse, left(before?.turns ?? []));
  useEffect(() => {
    queries.setQueryDefaults(KEY, { gcTime: Number.POSITIVE_INFINITY });
    queries.setQueryData<Said>(KEY, { system, draft, turns });
  }, [queries, system, draft, turns]);
  return { system, setSystem, draft, setDraft, turns, step };
}
