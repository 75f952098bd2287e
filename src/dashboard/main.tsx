import { render } from 'preact';
import { App } from './app.tsx';

// What opens a page stands behind the `#`: pasted into a page that is open, it moves nothing by itself.
addEventListener('hashchange', () => {
  if (/^#(?:code|token)=/.test(location.hash)) location.reload();
});

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
