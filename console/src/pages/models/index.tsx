import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useCan } from '@/api/session';
import { PageHeader, useTab } from '@/parts/PageHeader';
import { useChangeParams, useParams } from '@/search';
import { Catalogue } from './Catalogue';
import { ModelForm } from './ModelForm';
import { NameDrawer } from './NameDrawer';
import { Yours } from './Yours';

const TABS = [
  { value: 'yours', label: 'Callable' },
  { value: 'catalogue', label: 'Catalogue' },
];

export default function Page() {
  const tab = useTab(TABS);
  const { open, edit, new: first } = useParams();
  const change = useChangeParams();
  const mayChange = useCan('configuration:change');
  const forming = mayChange && (edit !== undefined || first !== undefined);
  return (
    <>
      <PageHeader
        title="Models"
        lead="The names that callers ask for, the providers’ models behind them, and what they cost."
        tabs={TABS}
        action={
          mayChange && (
            <Button
              leftSection={<IconPlus size={15} />}
              onClick={() => change({ new: '/', open: undefined })}
            >
              New model
            </Button>
          )
        }
      />
      {tab === 'catalogue' ? <Catalogue /> : <Yours />}
      <NameDrawer name={forming || tab === 'catalogue' ? undefined : open} />
      {forming && <ModelForm key={edit ?? first} edit={edit} first={first} />}
    </>
  );
}
