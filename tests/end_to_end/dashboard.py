"""The program suar for the tests: as a server on a directory of runs, and as a reader of it."""

import json
import os
import pathlib
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request

PROGRAM = os.environ["SUAR_PROGRAM"]


def inspect(path):
    """What `suar inspect --json` prints, with its exit status."""
    result = subprocess.run([PROGRAM, "inspect", "--json", str(path)], capture_output=True, text=True,
                            timeout=60)
    assert result.stdout, result.stderr
    return json.loads(result.stdout), result.returncode


class Dashboard:
    """A server that has read everything below a directory; a context manager."""

    def __init__(self, log_directory):
        self._scratch = tempfile.TemporaryDirectory(prefix="suar-")
        port_file = pathlib.Path(self._scratch.name, "port")
        self._server = subprocess.Popen(
            [PROGRAM, str(log_directory), "--port", "0", "--port-file", str(port_file)],
            stdout=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 30
            while not port_file.exists():
                assert self._server.poll() is None and time.monotonic() < deadline
                time.sleep(0.01)
            self._address = f"http://127.0.0.1:{int(port_file.read_text())}"
            while self.get("/api/runs")["loading"]:
                assert time.monotonic() < deadline
                time.sleep(0.01)
        except BaseException:
            self.close()
            raise

    def close(self):
        self._server.terminate()
        self._server.wait()
        self._scratch.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def get_bytes(self, path, **parameters):
        query = "?" + urllib.parse.urlencode(parameters) if parameters else ""
        with urllib.request.urlopen(self._address + path + query, timeout=30) as answer:
            return answer.read()

    def get(self, path, **parameters):
        return json.loads(self.get_bytes(path, **parameters))

    def scalars(self, run, tag):
        """[[step, wall time, value]] of a curve with at most one point a step, over less than 10000 steps."""
        (curve,) = self._curves(run=run, tag=tag)
        return self._points(curve)

    def passes(self, run, tag):
        """[[file, number, as `scalars`]] of every pass over the steps that the event files hold."""
        return [[curve["file"], curve["pass"], self._points(curve)]
                for curve in self._curves(run=run, tag=tag, passes="all")]

    def _curves(self, **parameters):
        answer = self.get("/api/scalars", buckets=10000, **parameters)
        assert answer["width"] == 1, "a bucket for each step"
        return answer["runs"]

    @staticmethod
    def _points(curve):
        assert set(curve["count"]) == {1}, "a point for each step"
        return [list(point) for point in zip(curve["step"], curve["wall_time"], curve["last"])]

    def histograms(self, run, tag):
        """[[step, wall time, [[left, right, count] of each bucket that is not empty]]]."""
        points = []
        for slice in self.get("/api/histograms", run=run, tag=tag, slices=1000)["slices"]:
            edges = [slice["min"], *slice["limits"]]
            buckets = [list(bucket) for bucket in zip(edges, edges[1:], slice["counts"]) if bucket[2] > 0]
            points.append([slice["step"], slice["wall_time"], buckets])
        return points

    def images(self, run, tag):
        """[[step, wall time, [width, height, [each picture's bytes as hexadecimal digits]]]]."""
        points = {}
        for image in self.get("/api/images", run=run, tag=tag)["images"]:
            point = points.setdefault(
                image["id"],
                [image["step"], image["wall_time"], [image["width"], image["height"], []]])
            point[2][2].append(self.get_bytes("/api/image", run=run, tag=tag, id=image["id"],
                                              sample=image["sample"]).hex())
        return list(points.values())

    def texts(self, run, tag):
        """[[step, wall time, text]]."""
        return [[text["step"], text["wall_time"], text["text"]]
                for text in self.get("/api/texts", run=run, tag=tag)["texts"]]
