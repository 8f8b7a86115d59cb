import { BarController, BarElement, CategoryScale, Chart, Legend, LinearScale, Tooltip, type ChartData, type ChartOptions } from 'chart.js';
import { useEffect, useRef } from 'preact/hooks';
import { isDark } from '../page/theme';
import { count } from '../shared/format';
import type { Bars } from './reductions';

Chart.register(BarController, BarElement, CategoryScale, Legend, LinearScale, Tooltip);

interface Props {
  bars: Bars;
  /** The chart's content as a text, for screen readers. */
  label: string;
  stacked?: boolean;
  lying?: boolean;
  height: number;
  xTitle?: string;
}

/** Bars, upright or lying, and the same numbers as a table. */
export function BarChart({ bars, label, stacked = false, lying = false, height, xTitle }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<Chart<'bar'> | undefined>(undefined);
  const dark = isDark.value;
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const ink = inkOf(element);
    const data = dataOf(bars, ink);
    const options = optionsOf({ stacked, lying, xTitle, ink, hasLegend: bars.series.length > 1 });
    if (chart.current) {
      chart.current.data = data;
      chart.current.options = options;
      chart.current.update('none');
    } else {
      chart.current = new Chart(element, { type: 'bar', data, options });
    }
  }, [bars, dark, stacked, lying, xTitle]);
  useEffect(
    () => () => {
      chart.current?.destroy();
      chart.current = undefined;
    },
    [],
  );
  return (
    <>
      <div class="chart" style={{ height: `${height}px` }}>
        <canvas ref={canvas} role="img" aria-label={label} />
      </div>
      <details class="chart-table">
        <summary>The numbers as a table</summary>
        <Numbers bars={bars} label={label} />
      </details>
    </>
  );
}

function Numbers({ bars, label }: { bars: Bars; label: string }) {
  return (
    <div class="table-scroll" role="region" aria-label={`${label}: table`} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Bar</th>
            {bars.series.map((series) => (
              <th key={series.label} scope="col" class="number">
                {series.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bars.labels.map((name, index) => (
            <tr key={index}>
              <th scope="row">{name}</th>
              {bars.series.map((series) => (
                <td key={series.label} class="number">
                  {count(series.values[index] ?? 0)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Ink {
  text: string;
  line: string;
  surface: string;
  series: string[];
}

/** The theme's colours as the browser works them out: Chart.js cannot read the style sheet's own words. */
function inkOf(element: HTMLElement): Ink {
  const probe = document.createElement('span');
  element.parentElement?.append(probe);
  const read = (name: string) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const ink = {
    text: read('--muted'),
    line: read('--line'),
    surface: read('--surface'),
    series: Array.from({ length: 8 }, (_, index) => read(`--series-${index + 1}`)),
  };
  probe.remove();
  return ink;
}

const dataOf = ({ labels, series }: Bars, ink: Ink): ChartData<'bar'> => ({
  labels,
  datasets: series.map(({ label, values }, index) => ({
    label,
    data: values,
    backgroundColor: ink.series[index % ink.series.length] ?? ink.text,
    borderColor: ink.surface,
    borderWidth: series.length > 1 ? { top: 1, right: 0, bottom: 0, left: 0 } : 0,
    borderSkipped: false,
    categoryPercentage: 0.92,
    barPercentage: 0.92,
    maxBarThickness: 56,
  })),
});

interface Shape {
  stacked: boolean;
  lying: boolean;
  xTitle: string | undefined;
  ink: Ink;
  hasLegend: boolean;
}

function optionsOf({ stacked, lying, xTitle, ink, hasLegend }: Shape): ChartOptions<'bar'> {
  const counts = { beginAtZero: true, ticks: { color: ink.text, precision: 0, maxTicksLimit: 6 }, grid: { color: ink.line } };
  const names = {
    ticks: { color: ink.text, maxRotation: 0, autoSkip: !lying, autoSkipPadding: 16, callback: shortened },
    grid: { display: false },
    ...(xTitle && { title: { display: true, text: xTitle, color: ink.text } }),
  };
  const [x, y] = lying ? [counts, names] : [names, counts];
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    indexAxis: lying ? 'y' : 'x',
    interaction: { mode: 'index', axis: lying ? 'y' : 'x', intersect: false },
    scales: { x: { ...x, stacked, border: { color: ink.line } }, y: { ...y, stacked, border: { display: false } } },
    plugins: {
      legend: { display: hasLegend, position: 'bottom', labels: { color: ink.text, boxWidth: 12, boxHeight: 12 } },
      tooltip: { filter: (item) => !stacked || item.raw !== 0 },
    },
  };
}

function shortened(this: { getLabelForValue(value: number): string }, value: number | string): string {
  const label = this.getLabelForValue(Number(value));
  return label.length > 18 ? `${label.slice(0, 17)}…` : label;
}
