import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useResources } from '@/api/queries';
import { useParams } from '@/search';
import { applicationsOf } from './applications';
import { awaitsAnswer, converse } from './conversation';
import { type Dialect, dialectOf } from './dialects';
import { type Parameters, readParameters, requestOf, writeParameters } from './request';
import { taskOf } from './tasks';
import { useAsk } from './useAsk';
import { useSaid } from './useSaid';

/** The model that always answers. */
const FIRST_MODEL = 'sandbox/echo';

let lastId = 0;
const nextId = () => ++lastId;

/** All that the playground knows and does. Application, model and parameters stand in the address. */
export function usePlayground() {
  const params = useParams();
  const navigate = useNavigate();
  const resources = useResources('Application');
  const applications = resources.data && applicationsOf(resources.data.items, params.team);
  const application = params.application ?? applications?.[0]?.name;
  const model = params.model ?? (params.tab === 'tasks' ? taskOf(params.task).sandbox : FIRST_MODEL);
  const dialect = dialectOf(params.dialect);

  const { system, setSystem, draft, setDraft, turns, step } = useSaid();
  const [parameters, setParameters] = useState(() => readParameters(params));
  const { busy, ask, stop } = useAsk((id, piece) => step({ do: 'tell', id, piece }));

  const change = (changes: Partial<Record<string, string>>, replace = false) =>
    void navigate({ to: '.', search: (before: object) => ({ ...before, ...changes }), replace });

  const told = draft.trim() ? converse(turns, { do: 'say', id: 0, role: 'user', text: draft }) : turns;
  const request = requestOf({ model, system, turns: told, parameters });

  const call = (begin: () => void, sent: typeof request) => {
    if (busy || !application) return;
    begin();
    const id = nextId();
    step({ do: 'ask', id });
    void ask(id, application, sent, dialect);
  };

  return {
    applications,
    failed: resources.error,
    retry: () => void resources.refetch(),
    application,
    model,
    dialect,
    system,
    draft,
    parameters,
    turns,
    busy,
    /** The call that would be made now. */
    request,
    ready: Boolean(application) && awaitsAnswer(told),
    setSystem,
    setDraft,
    setApplication: (name: string) => change({ application: name }),
    setDialect: (word: Dialect) => change({ dialect: word === 'openai-chat' ? undefined : word }),
    setModel: (name: string) => change({ model: name }),
    setParameters: (after: Parameters) => {
      setParameters(after);
      change(writeParameters(after), true);
    },
    step,
    stop,
    /** Sends what is drafted, or what was said last and has no answer. */
    send: () =>
      call(() => {
        if (draft.trim()) step({ do: 'say', id: nextId(), role: 'user', text: draft });
        setDraft('');
      }, request),
    /** Has the last answer given anew. */
    again: () => {
      const before = turns.at(-1);
      if (before?.role !== 'assistant') return;
      call(
        () => step({ do: 'remove', id: before.id }),
        requestOf({ model, system, turns: turns.slice(0, -1), parameters }),
      );
    },
    /** Adds what is drafted without sending it, as whoever has the word. */
    add: () => {
      const role = awaitsAnswer(turns) ? 'assistant' : 'user';
      if (draft.trim()) step({ do: 'say', id: nextId(), role, text: draft });
      setDraft('');
    },
    clear: () => {
      stop();
      step({ do: 'clear' });
    },
  };
}

/** What `usePlayground` gives. */
export type Playground = ReturnType<typeof usePlayground>;
