"""A TensorBoard that serves a directory, asked as its own pages ask it."""

import json
import pathlib
import re
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request


class TensorBoardServer:
    """A server that has loaded the runs below a directory; `fast` chooses which of its two readers does.

    `loaded(server)` tells whether it has.
    """

    def __init__(self, python, log_directory, fast, loaded):
        self._scratch = tempfile.TemporaryDirectory(prefix="suar-")
        log = pathlib.Path(self._scratch.name, "log")
        with open(log, "w") as output:
            self._server = subprocess.Popen(
                [python, "-m", "tensorboard.main", "--logdir", str(log_directory), "--host", "127.0.0.1",
                 "--port", "0", "--load_fast", "true" if fast else "false", "--reload_interval", "1"],
                stdout=output, stderr=subprocess.STDOUT)
        try:
            self._deadline = time.monotonic() + 120
            self._address = self._wait_for(
                log, lambda: re.search(r"http://127\.0\.0\.1:\d+", log.read_text())).group()
            self._wait_for(log, lambda: self._answers(loaded))
        except BaseException:
            self.close()
            raise

    def _wait_for(self, log, condition):
        while True:
            found = condition()
            if found:
                return found
            assert self._server.poll() is None and time.monotonic() < self._deadline, log.read_text()[-3000:]
            time.sleep(0.1)

    def _answers(self, loaded):
        try:
            return loaded(self)
        except urllib.error.HTTPError:
            raise
        except (urllib.error.URLError, ConnectionError, KeyError):
            return False  # not yet

    def close(self):
        self._server.terminate()
        self._server.wait()
        self._scratch.cleanup()

    def get_bytes(self, route, query="", body=None, **parameters):
        """What /data/<route> answers; `query` is one that TensorBoard gave."""
        query = "&".join(filter(None, [query, urllib.parse.urlencode(parameters)]))
        request = urllib.request.Request(
            f"{self._address}/data/{route}?{query}", None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    def get(self, route, **parameters):
        return json.loads(self.get_bytes(route, **parameters))
