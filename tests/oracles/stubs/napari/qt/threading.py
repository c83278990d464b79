"""Stands for napari.qt.threading: thread_worker(function, connect={'yielded': ...}) and its worker's quit()."""
import queue
import threading

_events: "queue.Queue" = queue.Queue()
_running = []


class _Worker:
    def __init__(self, generator, yielded):
        self._generator, self._yielded, self._quit = generator, yielded, False
        _running.append(self)
        threading.Thread(target=self._work).start()

    def quit(self):
        self._quit = True

    def _work(self):
        error = None
        try:
            for value in self._generator:
                _events.put((self._yielded, value))
                if self._quit:
                    break
        except BaseException as caught:
            error = caught
        _events.put((self, error))


def thread_worker(function=None, start_thread=None, connect=None, progress=None, worker_class=None, ignore_errors=False):
    assert list(connect) == ["yielded"]
    return lambda *arguments: _Worker(function(*arguments), connect["yielded"])


def pump():
    while _running:
        receiver, value = _events.get()
        if isinstance(receiver, _Worker):
            _running.remove(receiver)
            if value is not None:
                raise value
        else:
            receiver(value)
