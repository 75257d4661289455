/**
 * The one theme. Colours are variables of `theme.css`, each with a light and a dark value that keep the
 * contrast that WCAG AA asks for; here they are handed to Mantine's components.
 */
import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';

const moss: MantineColorsTuple = [
  '#eefaf4',
  '#d9f3e5',
  '#b3e6cb',
  '#84d5ab',
  '#4cc38a',
  '#26a771',
  '#14875b',
  '#0b6e4f',
  '#08573f',
  '#06402f',
];

const gray: MantineColorsTuple = [
  '#fafbfb',
  '#f4f5f6',
  '#eceef0',
  '#e2e5e8',
  '#d0d5da',
  '#a9b1ba',
  '#626b76',
  '#525b66',
  '#3b434c',
  '#16191d',
];

const dark: MantineColorsTuple = [
  '#e7eaed',
  '#b9c0c8',
  '#9aa3ad',
  '#6c757f',
  '#353b42',
  '#262b30',
  '#1b1f23',
  '#121517',
  '#0d0f11',
  '#090a0c',
];

const SANS =
  'system-ui, -apple-system, "Segoe UI Variable Text", "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
const MONO = 'ui-monospace, "SF Mono", SFMono-Regular, "Cascadia Mono", Menlo, Consolas, monospace';

/** White on the accent in the light, ink on it in the dark; faint variants take the tones of `theme.css`. */
const variantColorResolver: VariantColorsResolver = (input) => {
  const usual = defaultVariantColorsResolver(input);
  const bad = input.color === 'red';
  if (input.variant === 'filled') {
    return {
      ...usual,
      background: bad ? 'var(--tg-bad-fill)' : 'var(--tg-accent-fill)',
      hover: bad ? 'var(--tg-bad-fill-hover)' : 'var(--tg-accent-fill-hover)',
      color: bad ? 'var(--tg-on-bad)' : 'var(--tg-on-accent)',
      border: '1px solid transparent',
    };
  }
  if (input.variant === 'light' || input.variant === 'subtle') {
    const neutral = input.color === 'gray';
    const ink = bad ? 'var(--tg-bad)' : neutral ? 'var(--tg-ink)' : 'var(--tg-accent)';
    const wash = bad ? 'var(--tg-bad-wash)' : neutral ? 'var(--tg-hover)' : 'var(--tg-accent-wash)';
    return {
      ...usual,
      color: ink,
      hover: wash,
      background: input.variant === 'light' ? wash : 'transparent',
    };
  }
  return usual;
};

/** What Mantine's own variables stand for. */
export const variables: CSSVariablesResolver = () => ({
  variables: {
    '--mantine-color-body': 'var(--tg-paper)',
    '--mantine-color-text': 'var(--tg-ink)',
    '--mantine-color-bright': 'var(--tg-ink)',
    '--mantine-color-dimmed': 'var(--tg-soft)',
    '--mantine-color-placeholder': 'var(--tg-faint)',
    '--mantine-color-anchor': 'var(--tg-accent)',
    '--mantine-color-error': 'var(--tg-bad)',
    // What a menu writes in red.
    '--mantine-color-red-6': 'var(--tg-bad)',
    '--mantine-color-default': 'var(--tg-raised)',
    '--mantine-color-default-hover': 'var(--tg-hover)',
    '--mantine-color-default-color': 'var(--tg-ink)',
    '--mantine-color-default-border': 'var(--tg-edge)',
    '--mantine-color-disabled': 'var(--tg-panel)',
    '--mantine-color-disabled-color': 'var(--tg-faint)',
    '--mantine-color-disabled-border': 'var(--tg-line)',
    '--mantine-primary-color-filled': 'var(--tg-accent-fill)',
    '--mantine-primary-color-contrast': 'var(--tg-on-accent)',
    '--mantine-primary-color-light': 'var(--tg-accent-wash)',
    '--mantine-primary-color-light-color': 'var(--tg-accent)',
  },
  light: {},
  dark: {},
});

const input = { size: 'sm' } as const;
const dialog = {
  overlayProps: { backgroundOpacity: 0.4 },
  closeButtonProps: { 'aria-label': 'Close' },
  // The head of a dialog is no head of the page.
  attributes: { header: { role: 'none' } },
};

export const theme = createTheme({
  primaryColor: 'moss',
  primaryShade: { light: 7, dark: 4 },
  colors: { moss, gray, dark },
  fontFamily: SANS,
  fontFamilyMonospace: MONO,
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.1875rem' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.55', xl: '1.35' },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.5rem', xl: '2rem' },
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '10px', xl: '14px' },
  defaultRadius: 'md',
  headings: {
    fontFamily: SANS,
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.3' },
      h2: { fontSize: '1rem', lineHeight: '1.4' },
      h3: { fontSize: '0.875rem', lineHeight: '1.45' },
    },
  },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  variantColorResolver,
  // By name only: importing the components here would put all of them into the first view.
  components: {
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Button: { defaultProps: { size: 'sm' }, styles: { label: { fontWeight: 500 } } },
    Card: { defaultProps: { withBorder: true, padding: 'md', radius: 'lg' } },
    Checkbox: { defaultProps: input },
    Drawer: { defaultProps: { ...dialog, position: 'right', size: 520 } },
    Input: { defaultProps: input },
    InputWrapper: {
      defaultProps: { ...input, inputWrapperOrder: ['label', 'input', 'description', 'error'] },
      styles: { label: { fontWeight: 500, marginBottom: 4 } },
    },
    Menu: { defaultProps: { withInitialFocusPlaceholder: false, shadow: 'md', radius: 'lg', offset: 6 } },
    Modal: {
      defaultProps: { ...dialog, radius: 'lg', yOffset: '12vh' },
      styles: {
        content: { border: '1px solid var(--tg-line)' },
        title: { fontWeight: 600, fontSize: 'var(--mantine-font-size-lg)' },
      },
    },
    Notification: {
      defaultProps: { closeButtonProps: { 'aria-label': 'Close' }, radius: 'md' },
      styles: { title: { fontWeight: 500 }, description: { color: 'var(--tg-soft)' } },
    },
    NumberInput: { defaultProps: { ...input, hideControls: true } },
    Popover: { defaultProps: { shadow: 'md', radius: 'lg' } },
    Select: { defaultProps: { ...input, allowDeselect: false, checkIconPosition: 'right' } },
    Skeleton: { defaultProps: { radius: 'sm' } },
    Switch: { defaultProps: input },
    Tabs: { defaultProps: { keepMounted: false } },
    Textarea: { defaultProps: input },
    TextInput: { defaultProps: input },
    Tooltip: {
      defaultProps: {
        openDelay: 250,
        color: 'var(--tg-tip)',
        events: { hover: true, focus: true, touch: true },
      },
    },
  },
});
