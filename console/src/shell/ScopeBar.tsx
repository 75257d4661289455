import { Combobox, UnstyledButton, useCombobox, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconSelector } from '@tabler/icons-react';
import { useState } from 'react';
import { useTeams } from '@/api/queries';
import { isObject } from '@/parts/schema/schema';
import { useParam } from '@/search';
import classes from './ScopeBar.module.css';

const ALL = '';

/** All teams ▸ one team: what the pages show is narrowed to it, and it stays when one goes from page to page. */
export function ScopeBar() {
  const [team, setTeam] = useParam('team');
  const [text, setText] = useState('');
  const combobox = useCombobox({
    onDropdownClose: (by) => {
      setText('');
      if (by === 'keyboard') combobox.focusTarget();
    },
    onDropdownOpen: () => combobox.focusSearchInput(),
  });
  const teams = useTeams();
  const names = (teams.data?.items ?? []).map(({ name, spec }) => ({ name, title: titleOf(spec) }));
  const found = names.filter(({ name, title }) =>
    `${name} ${title}`.toLowerCase().includes(text.toLowerCase()),
  );
  const choose = (value: string) => {
    setTeam(value || undefined);
    combobox.closeDropdown('keyboard');
  };
  return (
    <div className={classes.scope}>
      <Combobox store={combobox} onOptionSubmit={choose} width={260} position="bottom-start" offset={6}>
        <Combobox.Target withAriaAttributes={false}>
          <UnstyledButton
            className={classes.button}
            onClick={() => combobox.toggleDropdown()}
            aria-haspopup="listbox"
            aria-expanded={combobox.dropdownOpened}
          >
            <VisuallyHidden>Scope: </VisuallyHidden>
            {team ? (
              <>
                <span className={classes.outer}>Teams</span>
                <span className={classes.arrow} aria-hidden="true">
                  ▸
                </span>
                <span className={classes.team}>{team}</span>
              </>
            ) : (
              <span className={classes.team}>All teams</span>
            )}
            <IconSelector size={14} className={classes.icon} />
          </UnstyledButton>
        </Combobox.Target>
        <Combobox.Dropdown p={4}>
          <Combobox.Search
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            placeholder="Find a team"
            aria-label="Find a team"
          />
          <Combobox.Options mah={320} className={classes.options} aria-label="Teams">
            {!text && (
              <Combobox.Option value={ALL} className={classes.option}>
                All teams
                {!team && <IconCheck size={14} />}
              </Combobox.Option>
            )}
            {found.map(({ name, title }) => (
              <Combobox.Option key={name} value={name} className={classes.option}>
                <span>
                  {name} {title && <span className={classes.title}>{title}</span>}
                </span>
                {team === name && <IconCheck size={14} />}
              </Combobox.Option>
            ))}
            {text && found.length === 0 && <Combobox.Empty>No team by that name</Combobox.Empty>}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
    </div>
  );
}

function titleOf(spec: unknown): string {
  return isObject(spec) && typeof spec.title === 'string' ? spec.title : '';
}
