// Sockets are files to the system, and a process may have so many: past that nobody is let in and no destination is reached.

/** A call takes a connection of its client and one to a destination. */
const perClient = 2;

/** What is wrong with the bound of this process, for so many clients; null: nothing. `limits`: of /proc/self/limits. */
export const tooFewFiles = (limits: string, connections: number): string | null => {
  const said = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  if (said === undefined || Number(said) >= connections * perClient) return null;
  const fits = Math.max(1, Math.floor(Number(said) / perClient));
  return (
    `this process may have ${said} files open (ulimit -n), and gateway.limits.connections is ${connections}: where they run out, clients are ` +
    `cut off and destinations look unreachable; expected at least ${connections * perClient}, or gateway.limits.connections: ${fits}`
  );
};
