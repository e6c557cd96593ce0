import { Banners } from './banners.tsx';
import { Detail } from './detail.tsx';
import { EventList } from './event-list.tsx';
import { Header } from './header.tsx';
import { Operations } from './operations.tsx';
import { CallList } from './call-list.tsx';
import { Unlock } from './unlock.tsx';
import { connection, isStale } from './state.ts';

export const Page = () => {
  if (connection.value.at === 'locked') return <Unlock refused={connection.value.refused} />;
  return (
    <div class={isStale.value ? 'page stale' : 'page'}>
      <Header />
      <Banners />
      <main>
        <Operations />
        <div class="lower">
          <Detail />
          <div class="side">
            <EventList />
            <CallList />
          </div>
        </div>
      </main>
    </div>
  );
};
