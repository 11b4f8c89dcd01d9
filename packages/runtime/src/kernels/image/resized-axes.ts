import { aspectScale, type OpContext, type ResizeView } from '@refold/ir';
import type { ResizedAxis } from './axis-taps.ts';

/** How each of the axes that a node names is resized. */
export function resizedAxes(
  op: OpContext,
  view: ResizeView,
  from: readonly number[],
  to: readonly number[],
): readonly ResizedAxis[] {
  const axes = view.axes ?? [];
  const crops = view.coordinates === 'tf_crop_and_resize';
  if (crops && view.region === undefined) throw op.invalid('roi is missing');
  const shared = sharedScale(view, from, axes);
  return axes.map((axis, i) => {
    const size = from[axis] ?? 1;
    const length = to[axis] ?? 1;
    return {
      axis,
      from: size,
      to: length,
      scale: view.sizes ? (shared ?? length / size) : (view.scales?.[i] ?? 1),
      start: view.region?.[i] ?? 0,
      end: view.region?.[axes.length + i] ?? 1,
    };
  });
}

/** The factor of all axes, where the aspect ratio is kept. */
function sharedScale(view: ResizeView, from: readonly number[], axes: readonly number[]): number | undefined {
  if (view.sizes === undefined || view.aspect === 'stretch') return undefined;
  return aspectScale(
    axes.map((axis) => from[axis] ?? 1),
    view.sizes.map(Number),
    view.aspect,
  );
}

/** Whether an axis stays as it is. */
export function isIdentity(view: ResizeView, a: ResizedAxis): boolean {
  if (a.from !== a.to || a.scale !== 1) return false;
  return view.coordinates !== 'tf_crop_and_resize' || (a.start === 0 && a.end === 1);
}
