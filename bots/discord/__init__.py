"""The Discord face. Importing it first silences what its library would log: addresses and texts of messages."""

import logging

for _library in ("discord.http", "discord.gateway", "discord.client", "discord.webhook"):
    # Below WARNING these write whole payloads, people's texts and the token's own IDENTIFY among them.
    logging.getLogger(_library).setLevel(logging.WARNING)
