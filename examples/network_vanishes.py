"""A test of a guest in which its network vanishes in the middle. Python's own library is all it needs.

    proxy-wifi serve --control unix:///tmp/wifi.sock
    python3 network_vanishes.py /tmp/wifi.sock proxy-wifi
"""
import http.client
import json
import socket
import subprocess
import sys
import unittest


class Wifi:
    """Steers a service at its Unix socket."""

    def __init__(self, path):
        self.path = path

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("wifi", timeout=10)
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.connect(self.path)
        try:
            connection.request(method, path, None if body is None else json.dumps(body))
            response = connection.getresponse()
            answer = json.loads(response.read())
        finally:
            connection.close()
        if response.status != 200:
            raise RuntimeError(answer["error"]["message"])
        return answer

    def air(self, do, **step):
        return self.ask("POST", "/air", {"do": do, **step})


class NetworkVanishes(unittest.TestCase):
    wifi = None
    guest = ()

    def networks(self):
        """What the guest under test sees: here, the one that proxy-wifi brings."""
        scan = subprocess.run([*self.guest, "guest", "scan", "--json"], check=True, capture_output=True, text=True)
        return {network["ssid"] for network in json.loads(scan.stdout)["networks"]}

    def test_the_guest_notices(self):
        self.assertEqual(self.wifi.ask("GET", "/status")["state"], "running")
        while "Harbour Cafe" not in self.networks():
            pass
        self.wifi.air("network.vanishes", ssid="Harbour Cafe")
        while "Harbour Cafe" in self.networks():
            pass
        self.wifi.air("network.appears", ssid="Harbour Cafe")
        while "Harbour Cafe" not in self.networks():
            pass

    def test_a_step_that_makes_no_sense_is_refused_in_words(self):
        with self.assertRaisesRegex(RuntimeError, 'expected the SSID of one of the networks, found "Nowhere"'):
            self.wifi.air("network.vanishes", ssid="Nowhere")


if __name__ == "__main__":
    path, *NetworkVanishes.guest = sys.argv[1:]
    NetworkVanishes.wifi = Wifi(path)
    unittest.main(argv=sys.argv[:1])
