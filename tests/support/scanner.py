"""A virus scanner that speaks clamd's own protocol over a real socket, well or badly."""

import socket
import threading
from contextlib import suppress

MARK = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


class Scanner:
    """`heard`: the documents it was given. `behave`: well, dead, silent, confused, or as if all were too large."""

    def __init__(self):
        self.heard: list[bytes] = []
        self._how = "well"
        self._line = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self._line.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def behave(self, how):
        self._how = how

    def close(self):
        self._line.close()

    def _serve(self):
        while True:
            try:
                caller, _ = self._line.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=[caller], daemon=True).start()

    def _answer(self, caller):
        with suppress(OSError), caller:
            self._speak(caller)

    def _speak(self, caller):
        if self._how == "dead":
            return
        document = self._listen(caller)
        if self._how == "well":
            self.heard.append(document)  # before the answer: who asked looks at once
        if self._how == "silent":
            threading.Event().wait(1)
        else:
            says = {
                "confused": "UNKNOWN COMMAND",
                "too large": "INSTREAM size limit exceeded. ERROR",
            }
            clean = "stream: Eicar-Test-Signature FOUND" if MARK in document else "stream: OK"
            caller.sendall(says.get(self._how, clean).encode() + b"\0")

    @staticmethod
    def _listen(caller) -> bytes:
        with caller.makefile("rb") as line:
            assert line.read(10) == b"zINSTREAM\0"
            document = bytearray()
            while size := int.from_bytes(line.read(4), "big"):
                document += line.read(size)
            return bytes(document)
