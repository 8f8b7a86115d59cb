/** VitePress's own theme, with room for wide tables. The system's fonts: none is fetched. */
import DefaultTheme from 'vitepress/theme-without-fonts';
import './site.css';

export default DefaultTheme;
