/** The doctor's steps, each asked by itself, so that one shows as soon as it is known. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, type Schemas, take } from '@/api/client';

export type Report = Schemas['DoctorReport'];
export type StepReport = Report['steps'][number];
export type Check = StepReport['checks'][number];
export type Finding = NonNullable<Check['findings']>[number];

/** The steps that only look; the third makes a transaction, and is run when somebody says so. */
export const LOOKING = [1, 2, 4] as const;
export const TRANSACTION = 3;

const keyOf = (step: number, probe: boolean) => ['node', 'doctor', step, probe];

function run(body: { steps: number[]; probe: boolean; fix?: string[] }): Promise<Report> {
  return take(api.POST('/api/v1/doctor', { body }));
}

/** What came of a step. It stays as it is until it is run again. */
export function useStep(step: number, probe: boolean) {
  return useQuery({
    queryKey: keyOf(step, probe),
    queryFn: () => run({ steps: [step], probe }),
    enabled: step !== TRANSACTION,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnMount: step === TRANSACTION ? false : 'always',
  });
}

/** Mends what a check has found, and shows the step as it is then. */
export function useMend(step: number, probe: boolean) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (check: string) => run({ steps: [step], probe, fix: [check] }),
    onSuccess: (report) => {
      queries.setQueryData(keyOf(step, probe), report);
      void queries.invalidateQueries({ queryKey: ['config'] });
      void queries.invalidateQueries({ queryKey: ['money'] });
    },
  });
}
