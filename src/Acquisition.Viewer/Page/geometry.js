// Axes, grids and the three slices. A point is {z, y, x}; a position is in voxels of the restored grid, whose voxel i covers [i, i + 1).

/** The slices by name: the axis that stands on each, and the axes that run across and down it. */
export const SLICES = {
  xy: { normal: 'z', across: 'x', down: 'y' },
  xz: { normal: 'y', across: 'x', down: 'z' },
  yz: { normal: 'x', across: 'z', down: 'y' },
};

export const AXES = ['z', 'y', 'x'];

/** @param {(axis: string) => number} value */
export const point = value => ({ z: value('z'), y: value('y'), x: value('x') });

/** Columns and rows of a plane through a volume as it lies in memory: what is left of z, y, x without the normal. */
export function planeAxes(normal) {
  const [rows, columns] = AXES.filter(axis => axis !== normal);
  return { rows, columns };
}

/** The restored grid of a scan. */
export class Grid {
  /** @param {{restored_shape: object, restored_voxel_um: object}} plan */
  constructor(plan) {
    this.shape = plan.restored_shape;
    this.voxelUm = plan.restored_voxel_um;
    this.extentUm = point(axis => this.shape[axis] * this.voxelUm[axis]);
  }

  get middle() {
    return point(axis => Math.floor(this.shape[axis] / 2));
  }

  /** The nearest point inside, in whole voxels. */
  clamp(at) {
    return point(axis => Math.min(Math.max(Math.floor(at[axis]), 0), this.shape[axis] - 1));
  }
}
