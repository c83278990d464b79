"""Stands for pycro-manager and the microscope behind it: the calls of its documentation that the example makes, with their names and no others.

https://pycro-manager.readthedocs.io/en/latest/apis.html. The camera has 12 rows and 20 columns; its samples are 1000 t + 100 c + 10 z + y + x."""
import threading

import numpy as np

_ROWS, _COLUMNS = 12, 20


class Core:
    def get_image_width(self):
        return _COLUMNS

    def get_image_height(self):
        return _ROWS

    def get_bytes_per_pixel(self):
        return 2

    def get_image_bit_depth(self):
        return 12

    def get_pixel_size_um(self):
        return 0.5

    def get_exposure(self):
        return 20.0


def multi_d_acquisition_events(
    num_time_points=None, time_interval_s=0, z_start=None, z_end=None, z_step=None, channel_group=None, channels=None, channel_exposures_ms=None,
    xy_positions=None, xyz_positions=None, position_labels=None, order="tpcz",
):
    assert order == "tcz" and (channel_group is None) == (channels is None)
    return [
        {"axes": {"time": t, "z": z, **({} if name is None else {"channel": name})}, "z": z_um}
        for t in np.arange(num_time_points) for name in channels or [None] for z, z_um in enumerate(np.arange(z_start, z_end + z_step, z_step))
    ]


class Acquisition:
    def __init__(self, directory=None, name="default_acq_name", image_process_fn=None, show_display=True):
        self._process, self._saves, self._names, self._thread = image_process_fn, directory is not None, {}, None

    def __enter__(self):
        return self

    def acquire(self, events):
        self._thread = threading.Thread(target=self._run, args=(events,))
        self._thread.start()

    def __exit__(self, *_):
        self._thread.join()

    def _run(self, events):
        y, x = np.ogrid[:_ROWS, :_COLUMNS]
        for event in events:
            axes = event["axes"]
            c = self._names.setdefault(axes.get("channel"), len(self._names))
            image = (1000 * axes["time"] + 100 * c + 10 * axes["z"] + y + x).astype(np.uint16)
            answer = self._process(image, {"Axes": dict(axes), "PixelSizeUm": 0.5})
            assert (answer is not None) == self._saves
