"""Stands for napari where it is not installed: the calls of its documentation that the example makes, with their names and no others.

https://napari.org/stable/api/napari.Viewer.html, https://napari.org/stable/guides/threading.html"""
import threading

import numpy as np

from .qt import threading as _workers

_viewers = []


class _Image:
    def __init__(self, data, name, scale, contrast_limits, blending):
        assert blending in ("opaque", "translucent", "additive", "minimum") and len(scale) == data.ndim and contrast_limits[0] < contrast_limits[1]
        self.name, self.scale, self.contrast_limits, self._data, self.metadata, self.changes = name, np.array(scale), contrast_limits, data, {}, 0

    @property
    def data(self):
        return self._data

    @data.setter
    def data(self, value):
        # As in Qt, layers belong to the thread of the window.
        assert threading.current_thread() is threading.main_thread() and isinstance(value, np.ndarray) and value.ndim == 3
        self._data, self.changes = value, self.changes + 1


class Viewer:
    def __init__(self, *, title="napari", ndisplay=2, order=(), axis_labels=(), show=True):
        self.title, self.status, self.layers = title, "", []
        _viewers.append(self)

    def add_image(self, data=None, *, name=None, scale=None, contrast_limits=None, blending="translucent"):
        assert threading.current_thread() is threading.main_thread()
        self.layers.append(_Image(data, name, scale, contrast_limits, blending))
        return self.layers[-1]


def run(*, force=False, gui_exceptions=False, max_loop_level=1):
    """Takes what workers yield in the thread of the caller, until all have ended; then prints what is to be seen."""
    print("window open", flush=True)
    _workers.pump()
    [viewer] = _viewers
    print("title:", viewer.title)
    print("status:", viewer.status)
    for layer in viewer.layers:
        owner = layer.data.base is not None and not layer.data.flags.owndata
        print(f"layer {layer.name}: t {layer.metadata['t']}, shape {layer.data.shape}, scale {tuple(map(float, layer.scale))}, sum {int(layer.data.sum())}, "
              f"a view {owner}, {layer.metadata['method']}", flush=True)
