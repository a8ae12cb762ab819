// The report as one component, used by report.html and by any page that owns a ReportModel.

import { useEffect } from 'preact/hooks';
import type { ReportModel } from '../model';
import { DiagnosticsSection } from './diagnostics';
import { NarrowedBar } from './filterbar';
import { Header } from './header';
import { Inspector } from './inspector';
import { LayersSection } from './layers';
import { MemorySection } from './memory';
import { MethodSection } from './method';
import { Navigation } from './navigation';
import { OperatorsSection } from './operators';
import { Overview } from './overview';
import { usePrinting } from './print';
import { QuantizationSection } from './quantization/section';
import { PruningSection } from './pruning';
import { RooflineSection } from './roofline';
import { TimeSection } from './time';
import { Tooltip } from './tooltip';
import { TreemapSection } from './treemap';
import { Later, ModelProvider } from './ui';

export function Report({ model }: { model: ReportModel }) {
  useEffect(() => followTheme(model), [model]);
  useEffect(() => model.redraw.begin(), [model]);
  usePrinting();
  return (
    <ModelProvider value={model}>
      <Header />
      <div class="layout">
        <Navigation />
        <main id="content" tabIndex={-1}>
          <Overview />
          <NarrowedBar />
          <Later>
            <RooflineSection />
          </Later>
          <Later>
            <TimeSection />
          </Later>
          <Later>
            <OperatorsSection />
          </Later>
          <Later>
            <TreemapSection />
          </Later>
          <LayersSection />
          <Later>
            <MemorySection />
          </Later>
          <Later>
            <QuantizationSection />
          </Later>
          <Later>
            <PruningSection />
          </Later>
          {model.live?.sections.map(({ id, view: View }) => (
            <Later key={id}>
              <View />
            </Later>
          ))}
          <Later>
            <DiagnosticsSection />
          </Later>
          <Later>
            <MethodSection />
          </Later>
        </main>
      </div>
      <Inspector />
      <Tooltip />
    </ModelProvider>
  );
}

function followTheme(model: ReportModel): () => void {
  const query = window.matchMedia('(prefers-color-scheme: dark)');
  const read = () => {
    model.systemDark.value = query.matches;
  };
  read();
  query.addEventListener('change', read);
  const stop = model.dark.subscribe((dark) => {
    document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
  });
  return () => {
    query.removeEventListener('change', read);
    stop();
  };
}
