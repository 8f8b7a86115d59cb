import { render } from 'preact';
import { connectFromAddressBar } from './connection/connection';
import { Page } from './page/Page';
import './styles/theme.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/blocks.css';
import './styles/layout.css';

connectFromAddressBar();
const root = document.getElementById('page');
if (root) render(<Page />, root);
