/** Light or dark: as the system has it, unless chosen otherwise. */
import { computed, effect, signal } from '@preact/signals';
import { media } from '../shared/media';

export type Theme = 'system' | 'light' | 'dark';

const systemIsDark = media('(prefers-color-scheme: dark)');

export const chosenTheme = signal<Theme>((document.documentElement.dataset.theme as Theme | undefined) ?? 'system');
export const isDark = computed(() => (chosenTheme.value === 'system' ? systemIsDark.value : chosenTheme.value === 'dark'));

effect(() => {
  const theme = chosenTheme.value;
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === 'system') localStorage.removeItem('theme');
    else localStorage.setItem('theme', theme);
  } catch {
    // Storage is off: the choice lives as long as the page.
  }
});
