import { Radio, Select, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '@/api/client';
import { useTeams } from '@/api/queries';
import { compare, format } from '@/money';
import { apply, curl } from '@/parts/equivalents';
import { FormDrawer } from '@/parts/FormDrawer';
import { listed } from '@/parts/listed';
import { refresh, setBilling } from './queries';
import classes from './wallets.module.css';

type Billing = Schemas['Billing'];

const WAYS: { value: Billing; label: string; text: string }[] = [
  {
    value: 'prepaid',
    label: 'Prepaid',
    text: 'Every call is paid from the wallet, and none is made that it does not cover.',
  },
  { value: 'internal', label: 'Internal', text: 'Costs are recorded, and limited by budgets only.' },
];

/** Says how a team pays: the one of the wallet, or one that is chosen. */
export function BillingForm(props: { opened: boolean; onClose: () => void; wallet?: Schemas['Wallet'] }) {
  return props.opened ? <Form {...props} /> : null;
}

function Form({ onClose, wallet }: { onClose: () => void; wallet?: Schemas['Wallet'] }) {
  const teams = useTeams();
  const specs = new Map(teams.data?.items.map(({ name, spec }) => [name, spec as Schemas['TeamSpec']]));
  const [chosen, choose] = useState(wallet?.team ?? '');
  const [billing, setWay] = useState<Billing>(wallet?.billing ?? 'prepaid');
  const queries = useQueryClient();
  const navigate = useNavigate();
  const work = useMutation({
    mutationFn: () => setBilling(chosen, billing),
    onSuccess: async () => {
      await refresh(queries);
      void navigate({ to: '/wallets', search: { open: chosen } });
    },
  });
  const spec = { ...specs.get(chosen), billing };
  const internal = [...specs].filter(([, team]) => team.billing !== 'prepaid').map(([name]) => name);
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={wallet ? `How ${wallet.team} pays` : 'Make a team prepaid'}
      lead={
        wallet
          ? undefined
          : 'Every call is paid from the wallet, and none is made that it does not cover. Credit it next: until then its calls are refused.'
      }
      submit={wallet ? 'Save' : 'Make it prepaid'}
      onSubmit={() => work.mutate()}
      busy={work.isPending}
      error={work.error}
      blocked={chosen ? undefined : 'Say which team.'}
      equivalents={
        chosen
          ? [
              apply([{ kind: 'Team', name: chosen, spec }]),
              curl('PUT', `/resources/Team/${encodeURIComponent(chosen)}`, { spec }),
            ]
          : undefined
      }
    >
      {wallet ? (
        <Radio.Group
          label="Billing"
          value={billing}
          onChange={(value) => setWay(value === 'prepaid' ? value : 'internal')}
        >
          <Stack gap={10} mt={6}>
            {WAYS.map(({ value, label, text }) => (
              <Radio
                key={value}
                value={value}
                label={label}
                description={text}
                data-autofocus={value === billing}
              />
            ))}
          </Stack>
        </Radio.Group>
      ) : (
        <Select
          {...listed}
          label="Team"
          data={internal}
          value={chosen || null}
          onChange={(team) => choose(team ?? '')}
          searchable
          nothingFoundMessage="No such team that is internal"
          data-autofocus
        />
      )}
      {wallet?.billing === 'internal' && billing === 'prepaid' && compare(wallet.available, '0') <= 0 && (
        <p className={classes.note}>
          The wallet is empty. Calls of this team are refused from then on, until it is credited.
        </p>
      )}
      {wallet?.billing === 'prepaid' && billing === 'internal' && compare(wallet.balance, '0') > 0 && (
        <p className={classes.note}>
          {format(wallet.balance)} stay in the wallet; nothing more is taken from it.
        </p>
      )}
    </FormDrawer>
  );
}
