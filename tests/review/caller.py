"""Calls a server as a browser would, or as one would not."""

import http.client
import json
import re
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Caller:
    """Calls a server as a browser would, or as one would not."""

    def __init__(self, door):
        """Call the server that a door leads to, given by its path or as a browser is given it."""
        self.door = Path(unquote(str(door).removeprefix("file://")))
        self.url = urlsplit(re.search(r'action="(.+?)"', self.door.read_text()).group(1))
        self.host = self.url.netloc
        self.cookie = None

    def __call__(self, path, *, method="GET", body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        if self.cookie and "Cookie" not in headers:
            headers["Cookie"] = self.cookie
        connection = http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=20)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        response.body = response.read()
        connection.close()
        return response

    @property
    def ticket(self):
        return re.search(r'name="ticket" value="(.+?)"', self.door.read_text()).group(1)

    def knock(self, ticket, **headers):
        """Send a ticket as the file does."""
        headers = {"Origin": "null", "Content-Type": "application/x-www-form-urlencoded"} | headers
        return self(self.url.path, method="POST", body=f"ticket={ticket}", **headers)

    def enter(self):
        """Go in with a ticket that nobody has used."""
        for _ in range(100):
            response = self.knock(self.ticket)
            if response.status == 200:
                self.cookie = response.headers["Set-Cookie"].split(";")[0]
                return response
            time.sleep(0.05)  # somebody else was faster; there is another at once
        raise AssertionError("nobody is let in")

    def post(self, name, values, **headers):
        headers = {"Origin": f"http://{self.host}"} | headers
        return self(f"/api/{name}", method="POST", body=json.dumps(values), **headers)
