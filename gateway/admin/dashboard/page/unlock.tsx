import { useState } from 'preact/hooks';
import { unlock } from './connect.ts';

/** Shown where the page is not opened over loopback: reading then takes the token, too. */
export const Unlock = ({ refused }: { refused: boolean }) => {
  const [token, setToken] = useState('');
  return (
    <form
      class="unlock panel"
      onSubmit={(event) => {
        event.preventDefault();
        unlock(token.trim());
      }}
    >
      <h1>strangler</h1>
      <label>
        Admin token ($STRANGLER_TOKEN)
        <input
          type="password"
          autocomplete="off"
          required
          value={token}
          onInput={(event) => setToken(event.currentTarget.value)}
        />
      </label>
      {refused && <p class="bad">This is not the token of this gateway.</p>}
      <button type="submit">Open</button>
    </form>
  );
};
