"""Calls a server as a browser would, or as one would not."""

import http.client
import json
from urllib.parse import urlsplit


class Caller:
    """Calls a server as a browser would, or as one would not."""

    def __init__(self, address):
        self.url = urlsplit(address)
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

    def enter(self):
        response = self(f"{self.url.path}?{self.url.query}")
        assert response.status == 303
        self.cookie = response.headers["Set-Cookie"].split(";")[0]
        return response

    def post(self, name, values, **headers):
        headers = {"Origin": f"http://{self.host}"} | headers
        return self(f"/api/{name}", method="POST", body=json.dumps(values), **headers)
