import type { Figures } from '../../shapes.ts';
import { dash, percent, share } from './format.ts';

/** A bar from 0 to 100 %: solid what modern answered, hatched what was decided for it and fell back, a mark at the weight. */
export const Share = ({ weight, figures }: { weight: number; figures: Figures }) => {
  const { decidedModern, answeredModern } = figures;
  if (answeredModern === null || decidedModern === null) return <span class="zero">{dash}</span>;
  const lost = Math.max(0, decidedModern - answeredModern);
  const title = `decided for modern ${share(decidedModern)}, answered by modern ${share(answeredModern)}, wanted ${percent(weight)}`;
  return (
    <span class="share" title={title}>
      <span class="bar" aria-hidden="true">
        <i class="answered" style={{ width: `${answeredModern}%` }} />
        <i class="lost" style={{ left: `${answeredModern}%`, width: `${lost}%` }} />
        <i class="mark" style={{ left: `${weight}%` }} />
      </span>
      <span class="number">{share(answeredModern)}</span>
    </span>
  );
};
