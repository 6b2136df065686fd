#!/usr/bin/env python3
"""Say again what is said. Needs nothing but Python 3.9 or later.

    echobot.py SOCKET TOKEN CURSOR

SOCKET is that of the node, which 'onionwire serve' prints. TOKEN is a file with a token
that can read and send in one conversation, and nothing else. CURSOR is a file in which the
bot keeps how far it has come: killed and started again, it answers each message once.
"""

import hashlib
import json
import os
import socket
import sys
import time


class NodeError(Exception):
    """The node has said no; kind is the same from version to version."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.kind = error.get("data", {}).get("kind")


class Node:
    """One connection to a node. Events come between replies, and wait in a list."""

    def __init__(self, path, token):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(path)
        self.lines = self.socket.makefile("r", encoding="utf-8", newline="\n")
        self.calls = 0
        self.events = []
        self.call("authenticate", token=token)

    def close(self):
        self.lines.close()
        self.socket.close()

    def receive(self):
        line = self.lines.readline()
        if not line.endswith("\n"):
            raise ConnectionError("the node has ended the connection")
        said = json.loads(line)
        if said.get("method") == "event":
            self.events.append(said["params"]["event"])
        elif said.get("method") == "subscription_ended":
            raise NodeError(said["params"]["error"])
        return said

    def call(self, method, **params):
        self.calls += 1
        request = {"jsonrpc": "2.0", "id": self.calls, "method": method, "params": params}
        self.socket.sendall(json.dumps(request).encode() + b"\n")
        while True:
            said = self.receive()
            if said.get("id") == self.calls:
                if "error" in said:
                    raise NodeError(said["error"])
                return said["result"]

    def next_event(self):
        while not self.events:
            self.receive()
        return self.events.pop(0)


def echo(node, number):
    """Answers a message. Its answer has an ID that follows from it: sent twice, it is there once."""
    try:
        message = node.call("message", message=number)
        answer = hashlib.sha256(b"echo" + bytes.fromhex(message["id"])).hexdigest()[:32]
        node.call("send", conversation=message["conversation"], text=message["text"], id=answer)
    except NodeError as error:
        if error.kind not in ("not_found", "wrong_state"):  # it is gone, or the contact is
            raise


def follow(path, token, cursor_file):
    """Answers until the connection is lost."""
    node = Node(path, token)
    try:
        if os.path.exists(cursor_file):
            with open(cursor_file, encoding="ascii") as file:
                node.call("subscribe", after=int(file.read()))
        else:
            node.call("subscribe")
        while True:
            event = node.next_event()
            if event["kind"] == "message_received":
                echo(node, event["message"])
            with open(cursor_file + ".new", "w", encoding="ascii") as file:
                file.write(f"{event['cursor']}\n")
            os.replace(cursor_file + ".new", cursor_file)
    finally:
        node.close()


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: echobot.py SOCKET TOKEN CURSOR")
    path, token_file, cursor_file = sys.argv[1:]
    with open(token_file, encoding="ascii") as file:
        token = file.read().strip()
    while True:
        try:
            follow(path, token, cursor_file)
        except (ConnectionError, FileNotFoundError):
            time.sleep(1)  # the node is away, or is started again
        except NodeError as error:
            sys.exit(f"echobot.py: {error}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
