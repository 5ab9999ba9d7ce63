"""Channels as in its tutorial: origin and session checked, a consumer that joins a group, the layer
in memory; on the settings of the site.
"""

import asyncio
import json
import os
from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

get_asgi_application()
TEXT = "x" * int(os.environ["TEXT_SIZE"])


class Chat(AsyncWebsocketConsumer):
    """Everybody in one group."""

    async def connect(self) -> None:
        await self.channel_layer.group_add("chat", self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard("chat", self.channel_name)

    async def chat_message(self, event: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps({"message": event["message"]}))


async def tell_all(reader: asyncio.StreamReader, _writer: Any) -> None:
    """A message to the group for each byte."""
    while await reader.read(1):
        message = {"type": "chat.message", "message": TEXT}
        await get_channel_layer().group_send("chat", message)


async def lifespan(scope: Any, receive: Any, send: Any) -> None:
    """Listen for the trigger as long as the server runs."""
    await receive()
    await asyncio.start_server(tell_all, "127.0.0.1", int(os.environ["TRIGGER_PORT"]))
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


application = ProtocolTypeRouter(
    {
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(Chat.as_asgi())),
        "lifespan": lifespan,
    }
)
