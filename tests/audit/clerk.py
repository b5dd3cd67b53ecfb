"""A witness program behind real HTTP, for the city's side to ask."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from plateward.audit import witness, witness_folder
from tests.audit.witnessed import NOON


class Clerk:
    """A witness that can be told to misbehave: `instead` is said instead of its judgement."""

    def __init__(self, folder: witness_folder.Folder) -> None:
        self.folder = folder
        self.asked: list[bytes] = []
        self.instead: tuple[int, str, bytes] | None = None
        clerk = self

        class Desk(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.path == "/add-checkpoint"
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, kind, said = clerk.answer(body)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, body: bytes) -> tuple[int, str, bytes]:
        self.asked.append(body)
        if self.instead is not None:
            return self.instead
        answer = witness.add_checkpoint(body, folder=self.folder, now=NOON)
        return answer.status, answer.kind, answer.body.encode()

    @property
    def vkey(self) -> str:
        return self.folder.cosigner.key.vkey

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
