"""Posting JSON to an address that somebody typed in: only over HTTPS, only to the public internet, wherever names lead.

The name is resolved once and the connection goes to the address that was looked at: a name that answers differently the
second time gains nothing. Redirects are not followed.
"""

import base64
import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
import time
from typing import Any
from urllib.parse import SplitResult, quote_plus, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from gongying.group_chats.enums import Provider
from gongying.group_chats.models import GroupBot

TIMEOUT = 5  # seconds, for the connection and for each answer
LONGEST_ANSWER = 64 * 1024
HTTPS_PORT = 443
CARRIED_V4 = ipaddress.ip_network("64:ff9b::/96")  # IPv4 addresses inside IPv6 (RFC 6052)
OK_KEYS = ("errcode", "code", "StatusCode")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotDelivered(Exception):  # noqa: N818 a refusal in words, shown to the administrator
    pass


def read_address(text: str) -> SplitResult:
    """The parts of an address that may be posted to. `NotDelivered` says what is wrong with it."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise NotDelivered(_("This is not an address.")) from error
    is_plain = text.isascii() and text.isprintable() and " " not in text
    if not parts.hostname or parts.username or parts.password or not is_plain:
        raise NotDelivered(_("This is not an address."))
    if settings.WEBHOOKS_ON_LOOPBACK and _is_loopback(parts.hostname):
        return parts
    if parts.scheme != "https":
        raise NotDelivered(_("Only addresses that begin with https:// are posted to."))
    if port not in (None, HTTPS_PORT):
        raise NotDelivered(_("Only the usual port of HTTPS is posted to."))
    literal = _literal(parts.hostname)
    if literal is not None:
        _check_public(literal)
    return parts


def deliver(bot: GroupBot, text: str) -> None:
    """Post the text to the group; `NotDelivered` says in words why it did not get there."""
    if not bot.address:
        raise NotDelivered(bot.address_hint)
    parts = read_address(bot.address)
    query, body = _message(bot, text)
    path = f"{parts.path or '/'}?{parts.query}{query}" if parts.query or query else parts.path or "/"
    try:
        answer = _post(parts, path, json.dumps(body, ensure_ascii=False).encode())
    except (OSError, http.client.HTTPException, UnicodeError) as error:  # UnicodeError: a name that no server can have
        raise NotDelivered(_("The chat program could not be reached: %(reason)s") % {"reason": error}) from error
    _check_answer(answer)


def _post(parts: SplitResult, path: str, body: bytes) -> tuple[int, bytes]:
    host, connection = str(parts.hostname), _connection(parts)
    try:
        headers = {"Content-Type": "application/json; charset=utf-8", "Host": host, "User-Agent": "Gongying"}
        connection.request("POST", path, body=body, headers=headers)
        response = connection.getresponse()
        return response.status, response.read(LONGEST_ANSWER)
    finally:
        connection.close()


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    host = str(parts.hostname)
    is_local = settings.WEBHOOKS_ON_LOOPBACK and _is_loopback(host)
    port = parts.port or (HTTPS_PORT if parts.scheme == "https" else http.client.HTTP_PORT)
    target = host if is_local else str(_public_address_of(host, port))
    connection = http.client.HTTPConnection(target, port, timeout=TIMEOUT)
    connection.connect()
    if parts.scheme == "https":
        connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=host)
    return connection


def _public_address_of(host: str, port: int) -> Address:
    """The first address of the name; if any of them is not public, none is used."""
    found = [ipaddress.ip_address(str(info[4][0])) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for address in found:
        _check_public(address)
    return found[0]


def _check_public(address: Address) -> None:
    inner: Any = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
    if address.version == 6 and address in CARRIED_V4:  # noqa: PLR2004 the version of the protocol
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if not inner.is_global or inner.is_multicast or (not address.is_global and inner is address):
        raise NotDelivered(_("This address lies in a private network: group bots are on the public internet."))


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    address = _literal(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _message(bot: GroupBot, text: str) -> tuple[str, dict[str, Any]]:
    """What is added to the address, and the JSON, as the chat program wants them."""
    if bot.provider == Provider.FEISHU:
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
        if bot.signing_secret:
            now = str(int(time.time()))
            body |= {"timestamp": now, "sign": _signature(f"{now}\n{bot.signing_secret}", "")}
        return "", body
    query = ""
    if bot.provider == Provider.DINGTALK and bot.signing_secret:
        now = str(int(time.time() * 1000))
        sign = _signature(bot.signing_secret, f"{now}\n{bot.signing_secret}")
        query = f"&timestamp={now}&sign={quote_plus(sign)}"
    return query, {"msgtype": "text", "text": {"content": text}}


def _signature(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


def _check_answer(answer: tuple[int, bytes]) -> None:
    status, content = answer
    if 300 <= status < 400:  # noqa: PLR2004 the redirects of HTTP
        raise NotDelivered(
            _("The address leads elsewhere (%(status)s); redirects are not followed.") % {"status": status}
        )
    if status != http.client.OK:
        raise NotDelivered(_("The chat program answered %(status)s.") % {"status": status})
    try:
        said = json.loads(content)
    except ValueError as error:
        raise NotDelivered(_("The chat program answered something unreadable.")) from error
    codes = [said[key] for key in OK_KEYS if key in said] if isinstance(said, dict) else []
    if not codes or any(codes):
        words = said.get("errmsg") or said.get("msg") or codes if isinstance(said, dict) else said
        raise NotDelivered(_("The chat program refused it: %(words)s") % {"words": str(words)[:150]})
