"""Acquisition from Python: restored volumes as they come, and any Python-driven microscope as a source.

Needs pyzmq, msgpack and numpy. There is nothing to install: copy this file beside your script.

Listen to a run (its ``publish.address``)::

    from acquisition_client import volumes

    for volume in volumes("tcp://127.0.0.1:5556"):
        print(volume.index, volume.pixels.shape, volume.voxel_um, volume.provenance.method)

Be a microscope (the run's ``source.address``)::

    from acquisition_client import Publisher

    with Publisher("tcp://127.0.0.1:5555", shape=(16, 512, 512), dtype="uint16", voxel_um=(2.0, 0.5, 0.5),
                   undersampling=(1, 2, 2), mode="two-photon") as source:
        for t in range(100):
            for z in range(16):
                source.send(camera.snap(), t=t, z=z)

Axes are always written slow to fast: (t, c, z, y, x). Lengths are micrometres, intensities are the camera's units, indices
count from 0. What goes over the wire is described in ``protocol.md``, one folder up.
"""

from __future__ import annotations

import re
import time
import uuid
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Type, Union

import msgpack
import numpy as np
import zmq
from numpy.typing import DTypeLike, NDArray

__all__ = [
    "GapError", "Index", "ProtocolError", "Provenance", "Publisher", "Volume", "Volumes", "Zyx", "publish", "volumes",
]

PROTOCOL_VERSION = 1

_BEFORE_ANY_SCAN = str(uuid.UUID(int=0))
_DTYPES = ("uint8", "uint16", "float32")
_MODES = ("light-sheet", "two-photon", "other")
_END_STATES = ("completed", "aborted", "failed")
_MAX_HEADER_BYTES = 64 * 1024
_MAX_USER_DEPTH = 3
_MAX_CHANNELS = 64
_MAX_EXTENT = 32_768
_STREAM = re.compile(r"[a-z0-9-]{1,32}")


class Index(NamedTuple):
    """Which volume of a scan; both count from 0."""

    t: int
    c: int


class Zyx(NamedTuple):
    """One number for each axis, slow to fast."""

    z: float
    y: float
    x: float


class ProtocolError(ValueError):
    """A message is not what version 1 of the protocol says; the text tells what was found and what is accepted."""


class GapError(RuntimeError):
    """Messages of a scan were lost on the way, because this listener was too slow or its connection broke.

    Raised once for each gap, before the volume that comes after it. Iteration may go on: the next call returns that volume.
    """

    def __init__(self, scan: str, first: int, lost: int) -> None:
        super().__init__(
            f"{lost} message(s) of scan {scan} were lost, from seq {first} on: this listener was too slow or its connection "
            "broke. Raise publish.high_water_mark of the run and high_water_mark here, do less for each volume, or count "
            "gaps instead (gaps='count')."
        )
        self.scan = scan
        """UUID of the scan."""
        self.first = first
        """Sequence number of the first message that is missing."""
        self.lost = lost
        """How many are missing. They may be volumes or statuses; nothing tells which."""


@dataclass(frozen=True)
class Provenance:
    """How a volume was made."""

    method: str
    """"unchanged" (nothing was undersampled), "cubic", "cubic+back-projection", "self-vision" or another method's name."""
    model: str
    """SHA-256 of the weights, hex; empty for a method without weights."""
    tuned_on: Optional[Index]
    """The volume that the weights were tuned on; None for a method without weights."""
    predicted: bool
    """Whether a generative model invented detail."""
    provisional: bool
    """Whether this is a preview: a better result for the same index will follow, and this one is not stored."""
    missing: Tuple[int, ...]
    """Planes that never came and were filled in before restoring; z of the scanned grid, ascending."""
    lag_ms: float
    """From the volume's last frame until it was restored; milliseconds."""
    settings: str
    """SHA-256 of the restoration settings, hex."""
    note: str
    """Why this method and no better one; empty when it is the configured one."""
    quality: Mapping[str, Any]
    """What was measured: residual_rms, gauge_carries and so on, as in the protocol."""
    conditioning: Optional[Mapping[str, Any]]
    """What was corrected before restoring; None for nothing."""


@dataclass(frozen=True, eq=False)
class Volume:
    """A restored volume.

    The arrays are views of the memory that ZeroMQ received the message in: nothing is copied, and they stay valid as long as
    they are referenced, also after the listener is closed. That memory belongs to this volume alone and may be written to.
    Volumes of less than about 8 KiB may come unaligned and are copied then.
    """

    pixels: NDArray[Any]
    """Shape (z, y, x) of the restored grid, C order; uint8, uint16 or float32 in the camera's units."""
    uncertainty: Optional[NDArray[np.uint8]]
    """Standard errors in logarithmic steps, of the shape of ``pixels``; None when the run makes none. See standard_error."""
    index: Index
    """Time point and channel."""
    voxel_um: Zyx
    """Size of a restored voxel; micrometres."""
    scale: Tuple[float, float, float]
    """Restored over scanned samples on z, y and x."""
    provenance: Provenance
    scan: str
    """UUID of the scan."""
    stream: str
    """Name of the stream that it came under."""
    seq: int
    """Number of the message within the scan's, volumes and statuses together."""
    sent_ns: int
    """When the run sent it; Unix nanoseconds by the sender's clock."""
    received_ns: int
    """When the arrays were ready here; Unix nanoseconds by this machine's clock."""
    header: Mapping[str, Any] = field(repr=False)
    """The whole header as it came."""

    @property
    def transit_ms(self) -> float:
        """From sent to arrays ready; milliseconds. Means something only when both run on one machine or share a clock."""
        return (self.received_ns - self.sent_ns) / 1e6

    def standard_error(self) -> NDArray[np.float32]:
        """Standard error to expect at each voxel; camera units, shape of ``pixels``, NaN where nothing is known.

        A new array, computed at each call. The largest value stands for everything above it too.

        Raises ValueError when the run makes no uncertainty maps (``restoration.uncertainty``).
        """
        if self.uncertainty is None:
            raise ValueError("The run makes no uncertainty maps; set restoration.uncertainty to true in its configuration.")
        scale = self.provenance.quality["uncertainty"]
        table = scale["largest"] * 2.0 ** ((np.arange(256) - 255) / scale["steps_per_octave"])
        table[0] = np.nan
        errors: NDArray[np.float32] = table.astype(np.float32)[self.uncertainty]
        return errors


class Volumes(Iterator[Volume]):
    """Iterates over the volumes of a run as they are published. Made by ``volumes``; use it from one thread.

    A context manager: leaving it, or the end of the iteration, closes the socket. Arrays that were handed out stay valid.
    """

    received: int
    """Volumes returned so far."""
    lost: int
    """Messages lost so far: gaps in the sequence, volumes and statuses together."""
    passed_over: int
    """Volumes that came whole and were not returned: previews that nobody asked for, older ones when only the newest counts."""
    status: Optional[Mapping[str, Any]]
    """The newest status of the run as it came: state, frames, volumes, queues and so on; None before the first."""

    def __init__(
        self, address: str, *, stream: Optional[str] = None, gaps: str = "raise", previews: bool = False, newest: bool = False,
        timeout_s: Optional[float] = None, until_finished: bool = True, bind: bool = False, high_water_mark: int = 64,
        keys: Optional[Tuple[str, str]] = None,
    ) -> None:
        if gaps not in ("raise", "count"):
            raise ValueError(f"gaps is {gaps!r}; accepted are 'raise' and 'count'")
        if high_water_mark < 1:
            raise ValueError(f"high_water_mark is {high_water_mark}; accepted is 1 or more")
        topics = b"acq." if stream is None else f"acq.{_stream(stream)}.".encode()
        self.received = self.lost = self.passed_over = 0
        self.status = None
        self._raises, self._previews, self._newest = gaps == "raise", previews, newest
        self._timeout_s, self._until_finished, self._bind = timeout_s, until_finished, bind
        self._address = address
        self._expected: Dict[str, int] = {}
        self._held: Optional[Tuple[str, Dict[str, Any], List[zmq.Frame]]] = None
        self._waiting: Dict[Tuple[str, int], Volume] = {}  # with 'newest', by stream and channel
        self._context: zmq.Context[Any] = zmq.Context()
        self._socket = self._context.socket(zmq.SUB)
        self._socket.setsockopt(zmq.RCVHWM, high_water_mark)
        self._socket.setsockopt(zmq.SUBSCRIBE, topics)
        _open(self._context, self._socket, address, bind, keys)

    @property
    def address(self) -> str:
        """The address, with the port that was picked when binding to one of 0."""
        return self._address if self.closed else str(self._socket.getsockopt_string(zmq.LAST_ENDPOINT))

    @property
    def closed(self) -> bool:
        return bool(self._socket.closed)

    def __iter__(self) -> Volumes:
        return self

    def __next__(self) -> Volume:
        while not self.closed:
            message = self._held or self._receive(not self._waiting, self._timeout_s)
            self._held = None
            if message is None:
                break
            stream, header, parts = message
            try:
                self._follow(header)
            except GapError:
                self._held = message
                raise
            if header["kind"] == "volume":
                volume = _volume(stream, header, parts)
                if volume.provenance.provisional and not self._previews:
                    self.passed_over += 1
                elif self._newest:
                    self.passed_over += (stream, volume.index.c) in self._waiting
                    self._waiting[stream, volume.index.c] = volume
                else:
                    self.received += 1
                    return volume
            else:
                self.status = header
                # A run that was superseded is followed by another of the same program.
                if self._until_finished and header["state"] == "finished" and header["outcome"] != "superseded":
                    self.close()
        if not self._waiting:
            raise StopIteration
        self.received += 1
        return self._waiting.pop(next(iter(self._waiting)))

    def wait_for_run(self, timeout_s: Optional[float] = None) -> None:
        """Waits until the run is heard, which sends its status every second: a scan that starts afterwards is heard from its beginning.

        Raises TimeoutError after ``timeout_s`` seconds; None waits for ever.
        """
        if self._held is None and self.status is None:
            self._held = self._receive(wait=True, timeout_s=timeout_s)

    def close(self) -> None:
        """Closes the socket; what waits in it is lost. May be called twice."""
        self._context.destroy(linger=0)

    def __enter__(self) -> Volumes:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def _receive(self, wait: bool, timeout_s: Optional[float]) -> Optional[Tuple[str, Dict[str, Any], List[zmq.Frame]]]:
        """The next message as stream, header and further parts; None when nothing waits and ``wait`` is false."""
        milliseconds = 0 if not wait else None if timeout_s is None else max(1, round(timeout_s * 1000))
        if not self._socket.poll(milliseconds):
            if not wait:
                return None
            raise TimeoutError(f"Nothing came from {self._address} for {timeout_s} s; a run sends its status every second.")
        topic, *parts = self._socket.recv_multipart(copy=False)
        return _parse(topic, parts)

    def _follow(self, header: Dict[str, Any]) -> None:
        """Counts what is missing before this message. A gap that is raised leaves the message to be followed again."""
        scan, seq = header["scan"], header["seq"]
        if scan == _BEFORE_ANY_SCAN:
            return  # statuses only, numbered from 0 again whenever the program starts
        # Whoever joins in the middle of a scan has lost nothing; who was there before the scan has heard it from its beginning.
        joined = seq if not self._expected and self.status is None or self._bind else 0
        expected = self._expected.get(scan, joined)
        lost = max(0, seq - expected)
        self.lost += lost
        if lost and self._raises:
            self._expected[scan] = seq
            raise GapError(scan, expected, lost)
        self._expected[scan] = max(expected, seq + 1)


def volumes(
    address: str, *, stream: Optional[str] = None, gaps: str = "raise", previews: bool = False, newest: bool = False,
    timeout_s: Optional[float] = None, until_finished: bool = True, bind: bool = False, high_water_mark: int = 64,
    keys: Optional[Tuple[str, str]] = None,
) -> Volumes:
    """Connects to a run and iterates over its restored volumes, in the order in which they were restored.

    The run never waits for a listener: what a slow one cannot take is lost to it, and shows as a gap in the sequence. All volumes
    lie in the run's ``restored.zarr`` in any case. The connection may be made before the run starts.

    address: ``publish.address`` of the run, as in "tcp://127.0.0.1:5556" or "ipc:///tmp/restored".
    stream: only volumes of this stream; None for all.
    gaps: "raise" raises GapError before the volume after a gap, "count" only adds to ``lost``.
    previews: whether provisional volumes are returned too; a better one for the same index follows each of them.
    newest: of the volumes that wait return only the newest of each channel, for views that cannot keep up; older ones count as
        ``passed_over``.
    timeout_s: longest silence in seconds; None waits for ever. A run sends its status every second.
    until_finished: whether the iteration ends with the run; otherwise it waits for the next run at the same address.
    bind: whether this side owns the address (``publish.bind: false`` in the run).
    high_water_mark: most messages that wait in this process, 1 or more. Each may hold a whole volume in memory.
    keys: for a run with keys, two files that 'acquisition keygen' made: this side's secret key, and the run's public key. The run must
        list this side's public key; one that does not is not heard from.

    Raises while iterating: GapError; TimeoutError after ``timeout_s`` of silence; ProtocolError for a message of another protocol or
    version. Raises at once: ValueError for an argument that is not accepted, ConnectionError when the address cannot be had.
    """
    return Volumes(
        address, stream=stream, gaps=gaps, previews=previews, newest=newest, timeout_s=timeout_s, until_finished=until_finished,
        bind=bind, high_water_mark=high_water_mark, keys=keys,
    )


class Publisher:
    """A microscope as the run sees it: announces a scan, sends its frames and ends it.

    A context manager: leaving it ends the scan as "completed", or as "failed" after an exception and as "aborted" after Ctrl-C. Use it
    from one thread at a time.
    """

    scan: str
    """UUID of this scan."""
    frames: int
    """Frames sent so far."""

    def __init__(
        self, address: str, *, shape: Sequence[int], dtype: DTypeLike, voxel_um: Sequence[float], undersampling: Sequence[int] = (1, 1, 1),
        mode: str = "other", timepoints: int = 0, channels: Sequence[str] = ("channel 0",), stream: str = "camera",
        pattern: str = "push", bind: bool = True, dt_s: Optional[float] = None, exposure_ms: Optional[float] = None,
        bit_depth: Optional[int] = None, objective: Optional[str] = None, psf_um: Optional[Sequence[float]] = None,
        user: Optional[Mapping[str, Any]] = None, high_water_mark: int = 8, timeout_s: Optional[float] = None, linger_s: float = 30.0,
        keys: Optional[Tuple[str, str]] = None,
    ) -> None:
        """Takes the address; the scan is announced with its first frame.

        address: ``source.address`` of the run; with ``bind`` and port 0 a free port is taken, see ``address``.
        shape: (z, y, x) of one volume as scanned; 1 to 32768 each.
        dtype: of the frames: uint8, uint16 or float32.
        voxel_um: (z, y, x) size of a voxel as scanned; micrometres, more than 0.
        undersampling: (z, y, x), each 1, 2 or 4: the wanted grid is that many times finer.
        mode: "light-sheet", "two-photon" or "other".
        timepoints: planned; 0 for a scan without a planned end.
        channels: names, 1 to 64; how many there are is the extent of c.
        stream: name in the topics, 1 to 32 of a-z, 0-9 and hyphen.
        pattern: "push" loses nothing and waits for a slow run; "pub" (``source.pattern: pub-sub``) never waits, loses frames and
            may have many listeners.
        bind: whether this side owns the address, as the run expects by default.
        dt_s: from one time point to the next; seconds. exposure_ms: of a frame; milliseconds. bit_depth: of the camera.
        psf_um: (z, y, x) full width of the point spread function at half maximum; micrometres.
        user: anything else that should be stored with the scan; text keys, at most three levels deep.
        high_water_mark: most frames that wait to be taken, 1 or more.
        timeout_s: longest wait for a run to take a frame; seconds, None for ever.
        linger_s: longest wait in ``close`` for frames that were not taken yet; seconds.
        keys: as for ``volumes``; only without ``bind``.

        Raises ValueError or TypeError for what a run would refuse, ConnectionError when the address cannot be had.
        """
        self._dtype = np.dtype(dtype).newbyteorder("<")
        if self._dtype.name not in _DTYPES:
            raise TypeError(f"dtype is {self._dtype.name}; accepted are {', '.join(_DTYPES)}")
        depth, height, width = (_integer("shape", extent, 1, _MAX_EXTENT) for extent in _three("shape", shape))
        factors = [_integer("undersampling", factor, 1, 4) for factor in _three("undersampling", undersampling)]
        if 3 in factors:
            raise ValueError(f"undersampling is {tuple(factors)}; accepted are 1, 2 and 4")
        if isinstance(channels, str) or not 1 <= len(channels) <= _MAX_CHANNELS:
            raise ValueError(f"channels is {channels!r}; accepted are 1 to {_MAX_CHANNELS} names in a list")
        if high_water_mark < 1:
            raise ValueError(f"high_water_mark is {high_water_mark}; accepted is 1 or more")
        plan: Dict[str, Any] = {
            "shape": {"t": _integer("timepoints", timepoints, 0, 2**31 - 1), "c": len(channels), "z": depth, "y": height, "x": width},
            "dtype": self._dtype.name,
            "voxel_um": _lengths("voxel_um", voxel_um),
            "undersampling": dict(zip("zyx", factors)),
            "mode": _word("mode", mode, _MODES),
            "channels": [str(name) for name in channels],
        }
        if dt_s is not None:
            plan["dt_s"] = _number("dt_s", dt_s)
        if exposure_ms is not None:
            plan["exposure_ms"] = _number("exposure_ms", exposure_ms)
        if bit_depth is not None:
            plan["bit_depth"] = _integer("bit_depth", bit_depth, 1, 32)
        if objective is not None:
            plan["objective"] = str(objective)
        if psf_um is not None:
            plan["psf_um"] = _lengths("psf_um", psf_um)
        if user is not None:
            if _depth(user) > _MAX_USER_DEPTH:
                raise ValueError(f"user is {_depth(user)} levels deep; accepted are up to {_MAX_USER_DEPTH}")
            plan["user"] = dict(user)
        self.scan = str(uuid.uuid4())
        self.frames = 0
        self._plan, self._shape = plan, (len(channels), depth, height, width)
        self._stream, self._timeout_s, self._linger_s = _stream(stream), timeout_s, linger_s
        self._seq = 0
        self._at: Dict[int, int] = {}  # by channel, the time point that was announced last
        self._subscribed = False
        if len(_header("start", self.scan, 0, plan)) > _MAX_HEADER_BYTES - 16:
            raise ValueError(f"channels and user are too long; a header has at most {_MAX_HEADER_BYTES} bytes")
        self._context: zmq.Context[Any] = zmq.Context()
        # XPUB is PUB that is told when somebody subscribes.
        self._socket = self._context.socket(zmq.XPUB if _word("pattern", pattern, ("push", "pub")) == "pub" else zmq.PUSH)
        self._socket.setsockopt(zmq.SNDHWM, high_water_mark)
        _open(self._context, self._socket, address, bind, keys)

    @property
    def address(self) -> str:
        """The address that the run connects to, with the port that was picked."""
        return str(self._socket.getsockopt_string(zmq.LAST_ENDPOINT))

    def wait_for_listener(self, timeout_s: Optional[float] = None) -> None:
        """Waits until a run is connected. With "pub" frames that are sent before are lost; with "push" they wait.

        Raises TimeoutError after ``timeout_s`` seconds; None waits for ever.
        """
        if self._socket.type == zmq.PUSH:
            if not self._poll(zmq.POLLOUT, timeout_s):
                raise TimeoutError(f"Nobody connected to {self.address} within {timeout_s} s.")
            return
        until = None if timeout_s is None else time.monotonic() + timeout_s
        self._note_subscribers()
        while not self._subscribed:
            if not self._poll(zmq.POLLIN, None if until is None else until - time.monotonic()):
                raise TimeoutError(f"Nobody subscribed at {self.address} within {timeout_s} s.")
            self._note_subscribers()

    def send(
        self, frame: NDArray[Any], *, t: int, z: int, c: int = 0, frame_no: Optional[int] = None, stamp_ns: Optional[int] = None
    ) -> None:
        """Sends one frame. Copies it before returning.

        frame: shape (y, x) and dtype as announced, in any byte order and memory layout; camera units.
        t, c, z: where it belongs; each counts from 0.
        frame_no: the camera's counter, by default the frames sent before. stamp_ns: the camera's clock in nanoseconds, by default now.

        Raises ValueError or TypeError for a frame that is not as announced, TimeoutError when no run took it within ``timeout_s`` (it
        was not sent then and may be sent again).
        """
        frame = np.asarray(frame)
        channels, depth, height, width = self._shape
        if frame.shape != (height, width):
            raise ValueError(f"The frame's shape is {frame.shape}; announced is (y, x) = {(height, width)}.")
        if frame.dtype.newbyteorder("<") != self._dtype:
            raise TypeError(f"The frame is of {frame.dtype.name}; announced is {self._dtype.name}.")
        planned = self._plan["shape"]["t"]
        index = {
            "t": _integer("t", t, 0, planned - 1 if planned else 2**31 - 1),
            "c": _integer("c", c, 0, channels - 1),
            "z": _integer("z", z, 0, depth - 1),
        }
        if self._at.get(index["c"]) != index["t"]:
            self._announce()
            self._at[index["c"]] = index["t"]
        fields = {
            "index": index,
            "shape": [height, width],
            "dtype": self._dtype.name,
            "nbytes": frame.nbytes,
            "frame_no": self.frames if frame_no is None else int(frame_no),
            "stamp_ns": time.time_ns() if stamp_ns is None else int(stamp_ns),
        }
        self._send("frame", self._seq, fields, np.ascontiguousarray(frame, dtype=self._dtype))
        self._seq += 1
        self.frames += 1

    def send_volume(self, volume: NDArray[Any], *, t: int, c: int = 0) -> None:
        """Sends the frames of one volume, (z, y, x) as announced. Raises as ``send`` does."""
        if len(volume) != self._shape[1]:
            raise ValueError(f"The volume has {len(volume)} planes; announced are {self._shape[1]}.")
        for z, frame in enumerate(volume):
            self.send(frame, t=t, c=c, z=z)

    def close(self, status: str = "completed", reason: str = "") -> None:
        """Ends the scan, waits up to ``linger_s`` for frames to be taken, and gives the address back. May be called twice.

        status: "completed", "aborted" or "failed". reason: for people.
        """
        _word("status", status, _END_STATES)
        if self._socket.closed:
            return
        try:
            if self._seq:  # a scan that was not announced needs no end
                self._timeout_s = self._linger_s
                self._send("end", self._seq, {"frames": self.frames, "status": status, "reason": reason[:1000]})
        except TimeoutError:
            pass  # nobody listens any more
        finally:
            self._socket.close(linger=round(self._linger_s * 1000))
            self._context.term()

    def __enter__(self) -> Publisher:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        if error is None:
            self.close()
        else:
            self.close("aborted" if isinstance(error, KeyboardInterrupt) else "failed", f"{type(error).__name__}: {error}")

    def _announce(self) -> None:
        """Before the first frame of every volume, so that whoever joins late learns what the frames are."""
        self._send("start", 0, {**self._plan, "repeat": self._seq > 0})
        self._seq = max(self._seq, 1)

    def _send(self, kind: str, seq: int, fields: Mapping[str, Any], *parts: NDArray[Any]) -> None:
        if self._socket.type == zmq.XPUB:
            self._note_subscribers()
        elif not self._poll(zmq.POLLOUT, self._timeout_s):
            raise TimeoutError(f"No run took a {kind} at {self.address} within {self._timeout_s} s; is one started and connected?")
        self._socket.send_multipart([f"acq.{self._stream}.{kind}".encode(), _header(kind, self.scan, seq, fields), *parts])

    def _note_subscribers(self) -> None:
        while self._socket.poll(0, zmq.POLLIN):
            self._subscribed = bytes(self._socket.recv())[:1] == b"\x01"

    def _poll(self, events: int, timeout_s: Optional[float]) -> bool:
        return bool(self._socket.poll(None if timeout_s is None else max(0, round(timeout_s * 1000)), events))


def publish(
    stack: Any, address: str, *, voxel_um: Sequence[float], wait_s: Optional[float] = None, **options: Any
) -> int:
    """Sends a whole stack as one scan, and returns how many frames that were.

    stack: array of axes (t, c, z, y, x), (t, z, y, x) or (z, y, x); uint8, uint16 or float32, camera units. Anything with ``shape`` and
        ``dtype`` whose items are arrays will do, such as a memory map; one time point is read at a time.
    voxel_um: (z, y, x) size of a voxel; micrometres.
    wait_s: longest wait for a run to connect; seconds, None for ever.
    options: as for Publisher, without shape, dtype and timepoints.

    Raises as Publisher does, and TimeoutError when no run connected.
    """
    axes = len(stack.shape)
    if axes not in (3, 4, 5):
        raise ValueError(f"The stack has {axes} axes; accepted are (t, c, z, y, x), (t, z, y, x) and (z, y, x).")
    timepoints = 1 if axes == 3 else int(stack.shape[0])
    if axes == 5:
        options.setdefault("channels", [f"channel {c}" for c in range(stack.shape[1])])
    source = Publisher(address, shape=stack.shape[-3:], dtype=stack.dtype, voxel_um=voxel_um, timepoints=timepoints, **options)
    with source:
        source.wait_for_listener(wait_s)
        for t in range(timepoints):
            volume = np.asarray(stack if axes == 3 else stack[t])
            for c, one in enumerate(volume if axes == 5 else volume[np.newaxis]):
                source.send_volume(one, t=t, c=c)
    return source.frames


def _open(context: zmq.Context[Any], socket: Any, address: str, bind: bool, keys: Optional[Tuple[str, str]]) -> None:
    try:
        if keys is not None:
            if bind:
                raise ValueError("keys are given to a side that binds; here only the side that connects can have them")
            secret, server = (_key(path) for path in keys)
            socket.curve_secretkey, socket.curve_publickey, socket.curve_serverkey = secret, zmq.curve_public(secret), server
        if bind:
            socket.bind(address)
        else:
            socket.connect(address)
    except zmq.ZMQError as error:
        context.destroy(linger=0)
        raise ConnectionError(f"Cannot {'bind' if bind else 'connect to'} {address}: {error}") from error
    except (OSError, ValueError):
        context.destroy(linger=0)
        raise


def _key(path: str) -> bytes:
    """The key in a file that 'acquisition keygen' made: 40 characters, and after a blank whose it is."""
    with open(path, "rb") as file:
        words = file.read(1024).split()
    if not words or len(words[0]) != 40:
        raise ValueError(f"{path} holds no key; expected 40 characters, as 'acquisition keygen' writes them")
    return words[0]


def _header(kind: str, scan: str, seq: int, fields: Mapping[str, Any]) -> bytes:
    packed: bytes = msgpack.packb({"v": PROTOCOL_VERSION, "kind": kind, "scan": scan, "seq": seq, "t_ns": time.time_ns(), **fields})
    return packed


def _parse(topic: zmq.Frame, parts: List[zmq.Frame]) -> Tuple[str, Dict[str, Any], List[zmq.Frame]]:
    """Checks what holds for every message that a run publishes."""
    name = topic.bytes.decode(errors="replace")
    words = name.split(".")
    if len(words) != 3 or words[0] != "acq" or not parts:
        raise ProtocolError(f"A message with topic {name!r} has {1 + len(parts)} parts; accepted are acq.<stream>.<kind> and a header.")
    try:
        header = msgpack.unpackb(parts[0].buffer)
    except ValueError as error:
        raise ProtocolError(f"The header under {name} is not MessagePack: {error}") from error
    if not isinstance(header, dict) or header.get("v") != PROTOCOL_VERSION:
        found = header.get("v") if isinstance(header, dict) else type(header).__name__
        raise ProtocolError(f"The header under {name} is of version {found}; this module speaks version {PROTOCOL_VERSION}.")
    kind = header.get("kind")
    if kind not in ("volume", "status") or kind != words[2]:
        raise ProtocolError(f"The header under {name} is of kind {kind!r}; a run publishes 'volume' and 'status'.")
    needed = {"scan": str, "seq": int, "t_ns": int, **({"state": str} if kind == "status" else {})}
    for key, accepted in needed.items():
        if not isinstance(header.get(key), accepted):
            raise ProtocolError(f"{key} under {name} is {header.get(key)!r}; accepted is {accepted.__name__}.")
    header.setdefault("outcome", None)
    return words[1], header, parts[1:]


def _volume(stream: str, header: Dict[str, Any], parts: List[zmq.Frame]) -> Volume:
    try:
        shape = tuple(int(extent) for extent in header["shape"])
        if header["dtype"] not in _DTYPES or len(shape) != 3 or not 1 <= len(parts) <= 2:
            raise ProtocolError(f"A volume of {header['dtype']}, shape {shape} came in {2 + len(parts)} parts.")
        pixels = _view(parts[0], np.dtype(header["dtype"]).newbyteorder("<"), shape, header["nbytes"])
        voxels = int(np.prod(shape, dtype=np.int64))
        quality, tuned_on = header["quality"], header["tuned_on"]
        return Volume(
            pixels=pixels,
            uncertainty=_view(parts[1], np.dtype(np.uint8), shape, voxels) if len(parts) == 2 else None,
            index=Index(header["index"]["t"], header["index"]["c"]),
            voxel_um=Zyx(*(header["voxel_um"][axis] for axis in "zyx")),
            scale=(header["scale"][0], header["scale"][1], header["scale"][2]),
            provenance=Provenance(
                method=header["method"], model=header["model"], tuned_on=None if tuned_on is None else Index(tuned_on["t"], tuned_on["c"]),
                predicted=header["predicted"], provisional=header["provisional"], missing=tuple(header["missing"]), lag_ms=header["lag_ms"],
                settings=quality["settings"], note=quality["note"], quality=quality, conditioning=header.get("conditioning"),
            ),
            scan=header["scan"], stream=stream, seq=header["seq"], sent_ns=header["t_ns"], received_ns=time.time_ns(), header=header,
        )
    except (KeyError, IndexError, TypeError) as error:
        raise ProtocolError(f"The header of volume {header.get('index')} lacks something: {error!r}") from error


def _view(part: zmq.Frame, dtype: np.dtype[Any], shape: Tuple[int, ...], nbytes: int) -> NDArray[Any]:
    found, wanted = part.buffer.nbytes, int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    if not found == wanted == nbytes:
        raise ProtocolError(f"nbytes is {nbytes}, shape times dtype gives {wanted} and {found} bytes came.")
    view: NDArray[Any] = np.frombuffer(part.buffer, dtype).reshape(shape)
    return view if view.flags.aligned else view.copy()


def _stream(name: str) -> str:
    if not _STREAM.fullmatch(name):
        raise ValueError(f"stream is {name!r}; accepted are 1 to 32 of the letters a to z, digits and hyphens")
    return name


def _word(key: str, value: str, accepted: Sequence[str]) -> str:
    if value not in accepted:
        raise ValueError(f"{key} is {value!r}; accepted are {', '.join(accepted)}")
    return value


def _three(key: str, values: Sequence[Any]) -> Sequence[Any]:
    if len(values) != 3:
        raise ValueError(f"{key} is {values!r}; accepted is one number each for z, y and x")
    return values


def _integer(key: str, value: Union[int, np.integer[Any]], least: int, most: int) -> int:
    if int(value) != value or not least <= value <= most:
        raise ValueError(f"{key} is {value}; accepted is an integer from {least} to {most}")
    return int(value)


def _number(key: str, value: float, positive: bool = False) -> float:
    if not (0 < value if positive else 0 <= value) or value > 1e9:
        raise ValueError(f"{key} is {value}; accepted is {'more than 0' if positive else '0'} up to 1e9")
    return float(value)


def _lengths(key: str, values: Sequence[float]) -> Dict[str, float]:
    return {axis: _number(key, value, positive=True) for axis, value in zip("zyx", _three(key, values))}


def _depth(value: Any) -> int:
    if isinstance(value, Mapping):
        return 1 + max((_depth(item) for item in value.values()), default=0)
    if isinstance(value, (list, tuple)):
        return 1 + max((_depth(item) for item in value), default=0)
    return 0
