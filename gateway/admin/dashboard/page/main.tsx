// The page ops keeps open. What it shows is in `state.ts`; everything else only draws that.
import { render } from 'preact';
import { Page } from './page.tsx';
import { follow } from './connect.ts';

const root = document.getElementById('page');
if (root !== null) render(<Page />, root);
follow();
