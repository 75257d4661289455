import {
  ActionIcon,
  Burger,
  Tooltip,
  UnstyledButton,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { IconMoon, IconSearch, IconSun } from '@tabler/icons-react';
import { KeyHint } from '@/parts/KeyHint';
import { LiveDot } from './LiveDot';
import { PersonMenu } from './PersonMenu';
import { ScopeBar } from './ScopeBar';
import shell from './Shell.module.css';
import classes from './TopBar.module.css';

/** The bar above every page: scope, state of the live data, search, colours, person. */
export function TopBar(props: { menuOpened: boolean; openMenu: () => void; openPalette: () => void }) {
  return (
    <header className={shell.bar}>
      <Burger
        className={classes.burger}
        opened={props.menuOpened}
        onClick={props.openMenu}
        size={17}
        lineSize={1.5}
        aria-label="Show the pages"
        aria-haspopup="dialog"
        aria-expanded={props.menuOpened}
      />
      <ScopeBar />
      <div className={classes.end}>
        <LiveDot />
        <UnstyledButton className={classes.search} onClick={props.openPalette}>
          <IconSearch size={15} />
          <span className={`${classes.words} ${classes.prompt}`}>Search or jump to…</span>
          <span className={classes.words} aria-hidden="true">
            <KeyHint keys="mod+K" />
          </span>
        </UnstyledButton>
        <ColourToggle />
        <PersonMenu />
      </div>
    </header>
  );
}

function ColourToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';
  const label = dark ? 'Light colours' : 'Dark colours';
  return (
    <Tooltip label={label}>
      <ActionIcon size={32} onClick={() => setColorScheme(dark ? 'light' : 'dark')} aria-label={label}>
        {dark ? <IconSun size={17} stroke={1.7} /> : <IconMoon size={17} stroke={1.7} />}
      </ActionIcon>
    </Tooltip>
  );
}
