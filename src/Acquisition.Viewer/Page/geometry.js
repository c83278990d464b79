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

/** How the samples of a kind lie on the restored grid, axis by axis. */
export class Lattice {
  /** @param {'raw'|'restored'|'uncertainty'} kind @param {object} plan Of the message "scan". */
  constructor(kind, plan) {
    const isRaw = kind === 'raw';
    /** Restored voxels from one sample to the next. */
    this.step = point(axis => isRaw ? plan.voxel_um[axis] / plan.restored_voxel_um[axis] : 1);
    /** Where the first restored voxel stands, in samples from the first. */
    this.shift = point(axis => isRaw ? plan.restored_origin_um[axis] / plan.voxel_um[axis] : 0);
    this.shape = isRaw ? plan.shape : plan.restored_shape;
  }

  /** A position on the restored grid in samples; sample i covers [i, i + 1). */
  toSamples(axis, position) {
    return (position - 0.5) / this.step[axis] + this.shift[axis] + 0.5;
  }

  /** A position in samples on the restored grid. */
  fromSamples(axis, position) {
    return (position - 0.5 - this.shift[axis]) * this.step[axis] + 0.5;
  }

  /** The sample in whose reach a restored voxel lies. */
  sampleOf(voxel) {
    return point(axis => Math.min(Math.max(Math.floor(this.toSamples(axis, voxel[axis] + 0.5)), 0), this.shape[axis] - 1));
  }

  /** Whether each restored voxel is a sample. */
  isFine(axis) {
    return this.step[axis] === 1;
  }
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
