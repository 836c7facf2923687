"""The gate of the service, from its settings: open on this machine, or for signed calls only."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import structlog

from cds_hooks.auth import ReplayStore, TokenCheck, token_gate
from cds_hooks.blueprint import open_to_all
from cds_hooks.model import Gate
from plugin.config import Settings, SettingsInvalid
from plugin.observe import Metrics, log_fault
from plugin.trust.clients import Client, load_clients
from plugin.trust.fetching import fetch_keys
from plugin.trust.key_cache import FetchedKeys, KeysOfClients


def gate_of(settings: Settings, replay: ReplayStore, metrics: Metrics) -> Gate:
    """Who is let in. `replay` knows which tokens were used, in all processes that serve.

    Raises ClientsInvalid, and SettingsInvalid without an address for tokens to name.
    """
    if not settings.clients:
        return open_to_all
    if not settings.base_url:
        raise SettingsInvalid(
            "CRAMPCHECK_BASE_URL is empty: where calls are signed (CRAMPCHECK_CLIENTS), it must be "
            "the address that clients call, which every token has to name."
        )
    clients = load_clients(Path(settings.clients), settings.algorithms)
    _tell(clients)
    check = TokenCheck(
        [client.issuer for client in clients],
        _keys(clients),
        replay,
        time.time,
        settings.token_seconds,
    )
    return token_gate(check, settings.base_url, _Reporter(metrics), log_fault)


def _keys(clients: tuple[Client, ...]) -> KeysOfClients:
    known = {one.issuer.name: one.keys for one in clients if one.keys is not None}
    fetched = {
        one.issuer.name: FetchedKeys(one.name, partial(fetch_keys, one.issuer.jku, one.ca_file))
        for one in clients
        if one.keys is None
    }
    return KeysOfClients(known, fetched)


def _tell(clients: tuple[Client, ...]) -> None:
    log = structlog.get_logger()
    for client in clients:
        if client.left_out:
            log.warning("keys left out", client=client.name, why=list(client.left_out))


class _Reporter:
    """Writes a refusal into the log, by reason and by client; of others no word is written."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def __call__(self, reason: str, issuer: str) -> None:
        self._metrics.refused(reason)
        structlog.get_logger().warning("refused", reason=reason, issuer=issuer or "(not a client)")
